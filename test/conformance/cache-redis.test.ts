import { Redis } from 'ioredis';
import pino from 'pino';

import { RedisCache } from '../../src/services/cache/redis-cache.js';
import { systemClock } from '../../src/services/clock.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { createTestRedis } from '../support/redis.js';
import { cacheConformance } from './cache.suite.js';

cacheConformance('RedisCache', async () => {
  const redis = await createTestRedis();
  const options = {
    ...redis,
    clock: systemClock,
    randomness: systemRandomness,
    logger: pino({ level: 'silent' }),
  };
  const [cache, neighbour] = [await RedisCache.open(options), await RedisCache.open(options)];
  const server = new Redis(redis.url);
  return {
    cache,
    neighbour,
    // Redis keeps its own time, which no clock of ours can move: instead every key comes nearer to its end.
    advance: async (ms) => {
      for (const key of await server.keys(`${redis.keyPrefix}*`)) {
        await server.pexpire(key, (await server.pttl(key)) - ms);
      }
    },
    close: async () => {
      await Promise.all([cache.close(), neighbour.close(), server.quit()]);
    },
  };
});
