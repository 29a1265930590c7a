import { digest } from './digests.js';
import { normaliseName, type UserPool } from './pool-settings.js';

/** What stands for a name that nobody has where something is counted by account. */
export const standInOf = (pool: UserPool, name: string): string =>
  digest(normaliseName(pool, name)).toString('base64');
