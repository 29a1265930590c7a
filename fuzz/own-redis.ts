import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

import { startOwnRedis, type OwnRedis } from '../test/support/servers.js';

/** A Redis of this process alone, whose keys may be spoiled; undefined where there is no program for it on the PATH. */
export async function redisOnPath(): Promise<OwnRedis | undefined> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    const isThere = await access(join(folder, 'redis-server'), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return startOwnRedis();
  }
  return undefined;
}
