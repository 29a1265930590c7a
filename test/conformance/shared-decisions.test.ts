import pino from 'pino';

import { createMemorySharedDecisions } from '../../src/services/authorization/decision-cache/memory-shared-decisions.js';
import { openRedisSharedDecisions } from '../../src/services/authorization/decision-cache/redis-shared-decisions.js';
import { systemClock } from '../../src/services/clock.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { createTestRedis } from '../support/redis.js';
import { sharedDecisionsSuite } from './shared-decisions.suite.js';

sharedDecisionsSuite('The memory of one instance', async () => {
  const shared = createMemorySharedDecisions({ randomness: systemRandomness });
  return { shared, neighbour: shared, close: () => shared.close() };
});

sharedDecisionsSuite('Redis', async () => {
  const options = {
    ...(await createTestRedis()),
    clock: systemClock,
    randomness: systemRandomness,
    logger: pino({ level: 'silent' }),
  };
  const [shared, neighbour] = [
    await openRedisSharedDecisions(options),
    await openRedisSharedDecisions(options),
  ];
  return {
    shared,
    neighbour,
    close: async () => {
      await Promise.all([shared.close(), neighbour.close()]);
    },
  };
});
