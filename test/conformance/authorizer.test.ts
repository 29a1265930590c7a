import pino from 'pino';
import { afterAll, beforeAll } from 'vitest';

import { createAvpAuthorizer } from '../../src/services/authorization/avp-authorizer.js';
import type { Database } from '../../src/services/database/database.js';
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
    logger: pino({ level: 'silent' }),
    deadline: () => new AbortController().signal,
  });
  return { authorizer, nameOf };
});
