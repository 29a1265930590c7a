import pino from 'pino';

import { systemClock } from '../../src/services/clock.js';
import { openLimitsRedis } from '../../src/services/rate-limiting/limits-redis.js';
import { createRedisSlidingWindow } from '../../src/services/rate-limiting/redis-sliding-window.js';
import { createTestRedis } from '../support/redis.js';
import { slidingWindowConformance } from './sliding-window.suite.js';

slidingWindowConformance('The window in Redis', async (clock) => {
  const options = { ...(await createTestRedis()), clock: systemClock, logger: pino({ level: 'silent' }) };
  const [here, there] = [await openLimitsRedis(options), await openLimitsRedis(options)];
  return {
    window: createRedisSlidingWindow({ redis: here, clock }),
    neighbour: createRedisSlidingWindow({ redis: there, clock }),
    entriesOf: (key) => here.client.zcard(key),
    close: async () => {
      await Promise.all([here.close(), there.close()]);
    },
  };
});
