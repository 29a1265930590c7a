import pino from 'pino';
import { afterAll, beforeAll } from 'vitest';

import { createAvpAuthorizer } from '../../src/services/authorization/avp-authorizer.js';
import { systemClock } from '../../src/services/clock.js';
import type { Database } from '../../src/services/database/database.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { createMetrics } from '../../src/services/telemetry/metrics.js';
import { openTestDatabase } from '../support/database.js';
import { makePolicyStore } from '../support/policy-store.js';
import { authorizerSuite, LIBRARY } from './authorizer.suite.js';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

authorizerSuite('AvpAuthorizer', async () => {
  const { client, policyStoreId, nameOf } = await makePolicyStore(database.db, LIBRARY);
  const authorizer = createAvpAuthorizer({
    client,
    policyStoreId,
    clock: systemClock,
    randomness: systemRandomness,
    logger: pino({ level: 'silent' }),
    metrics: createMetrics(),
    deadline: () => new AbortController().signal,
  });
  return { authorizer, nameOf };
});
