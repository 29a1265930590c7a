import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { Randomness } from '../randomness.js';
import type { AttemptStore } from './attempt-store.js';
import { openLimitsRedis } from './limits-redis.js';
import { createMemoryAttemptStore } from './memory-attempt-store.js';
import { createMemorySlidingWindow } from './memory-sliding-window.js';
import { createRedisAttemptStore } from './redis-attempt-store.js';
import { createRedisSlidingWindow } from './redis-sliding-window.js';
import type { SlidingWindow } from './sliding-window.js';

/** Where limits are counted. */
export interface LimitStores {
  readonly attempts: AttemptStore;
  readonly window: SlidingWindow;
  /** The same places, for what goes on where they cannot be counted: it does not wait for a store again that has not answered. */
  readonly waivableWindow: SlidingWindow;
  /** Safe to call more than once. */
  close(): Promise<void>;
}

export interface OpenLimitStoresOptions {
  /** Without one, this process counts for itself. */
  readonly redisUrl: string | undefined;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}

export async function openLimitStores({
  redisUrl,
  clock,
  randomness,
  logger,
}: OpenLimitStoresOptions): Promise<LimitStores> {
  if (redisUrl === undefined) {
    const window = createMemorySlidingWindow({ clock });
    return {
      attempts: createMemoryAttemptStore({ clock, randomness }),
      window,
      waivableWindow: window,
      close: async () => {},
    };
  }
  const redis = await openLimitsRedis({ url: redisUrl, clock, logger });
  return {
    attempts: createRedisAttemptStore({ redis, randomness }),
    window: createRedisSlidingWindow({ redis }),
    waivableWindow: createRedisSlidingWindow({ redis: redis.waivable }),
    close: () => redis.close(),
  };
}
