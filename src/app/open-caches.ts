import type { Config } from '../config.js';
import { createMemorySharedDecisions } from '../services/authorization/decision-cache/memory-shared-decisions.js';
import { noSharedDecisions } from '../services/authorization/decision-cache/no-shared-decisions.js';
import { openRedisSharedDecisions } from '../services/authorization/decision-cache/redis-shared-decisions.js';
import type { SharedDecisions } from '../services/authorization/decision-cache/shared-decisions.js';
import { BypassCache } from '../services/cache/bypass-cache.js';
import type { Cache } from '../services/cache/cache.js';
import { MemoryCache } from '../services/cache/memory-cache.js';
import { RedisCache } from '../services/cache/redis-cache.js';
import type { Database } from '../services/database/database.js';
import type { Foundations } from './foundations.js';

/** What may be forgotten at any time. */
export interface Caches {
  readonly cache: Cache;
  readonly sharedDecisions: SharedDecisions;
  close(): Promise<void>;
}

const KEY_PREFIX = 'portcullis:';

/** Redis where instances share one; this process's memory where it is alone; else nothing that could be stale. */
export async function openCaches(
  { redisUrl: url }: Config,
  database: Pick<Database, 'kind'>,
  foundations: Foundations,
): Promise<Caches> {
  const [cache, sharedDecisions] = await open(url, database.kind === 'pglite', foundations);
  return {
    cache,
    sharedDecisions,
    close: async () => void (await Promise.all([cache.close(), sharedDecisions.close()])),
  };
}

async function open(
  url: string | undefined,
  isAlone: boolean,
  foundations: Foundations,
): Promise<[Cache, SharedDecisions]> {
  if (url !== undefined) {
    const options = { ...foundations, url, keyPrefix: KEY_PREFIX };
    return Promise.all([RedisCache.open(options), openRedisSharedDecisions(options)]);
  }
  return isAlone
    ? [new MemoryCache(foundations), createMemorySharedDecisions(foundations)]
    : [new BypassCache(), noSharedDecisions];
}
