import pino from 'pino';

import { systemClock } from '../../src/services/clock.js';
import { openLimitsRedis } from '../../src/services/rate-limiting/limits-redis.js';
import { createRedisAttemptStore } from '../../src/services/rate-limiting/redis-attempt-store.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { createTestRedis } from '../support/redis.js';
import { attemptStoreConformance } from './attempt-store.suite.js';

attemptStoreConformance('The store in Redis', async (clock) => {
  const options = { ...(await createTestRedis()), clock: systemClock, logger: pino({ level: 'silent' }) };
  const [here, there] = [await openLimitsRedis(options), await openLimitsRedis(options)];
  return {
    store: createRedisAttemptStore({ redis: here, randomness: systemRandomness, clock }),
    neighbour: createRedisAttemptStore({ redis: there, randomness: systemRandomness, clock }),
    close: async () => {
      await Promise.all([here.close(), there.close()]);
    },
  };
});
