import type { RedisOptions } from 'ioredis';

/** A cache that is slower than the truth is no cache: give up early, and do not queue while it is away. */
export const CACHE_CONNECTION: RedisOptions = {
  lazyConnect: true,
  connectTimeout: 2_000,
  commandTimeout: 250,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000),
};
