import type { AttemptedAccount } from '../rate-limiting/attempts.js';
import type { UserRecord } from '../users/user-store.js';
import type { Viewer } from './viewer.js';

/** The account whose secrets a viewer tries: named as at its sign-in, so that both are counted together. */
export const accountOf = (
  { userId, userType }: Pick<Viewer, 'userId' | 'userType'>,
  person: Pick<UserRecord, 'email'> | undefined,
): AttemptedAccount => ({ userType, name: person?.email?.trim().toLowerCase() ?? userId });
