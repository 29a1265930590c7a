import { PutSchemaCommand, type VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';
import pino from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { openEngine } from '../../../src/app/open-engine.js';
import { parseSchema } from '../../../src/services/cedar/schema.js';
import { systemClock } from '../../../src/services/clock.js';
import type { Database } from '../../../src/services/database/database.js';
import { systemRandomness } from '../../../src/services/randomness.js';
import { createMetrics } from '../../../src/services/telemetry/metrics.js';
import { openTestDatabase } from '../../support/database.js';
import { makePolicyStore } from '../../support/policy-store.js';

const SCHEMA = 'entity User; action look appliesTo { principal: User, resource: User };';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const open = (client: VerifiedPermissionsClient, policyStoreId: string) =>
  openEngine(
    {
      policiesDir: '',
      authorization: { engine: 'avp', localPolicies: 'store', shadowAnswers: 'avp' },
    },
    { verifiedPermissions: client, deciding: client, policyStoreId },
    createMetrics(),
    { clock: systemClock, randomness: systemRandomness, logger: pino({ level: 'silent' }) },
  );

it('a schema that was written has its actions at once', async () => {
  const { client, policyStoreId } = await makePolicyStore(database.db, { schema: SCHEMA, policies: {} });
  const engine = open(client, policyStoreId);
  await engine.syncNow();
  const knows = async (id: string) =>
    (await engine.policyCatalog.schema())?.hasAction({ type: 'Action', id });
  expect(await knows('touch')).toBe(false);
  const cedarJson = parseSchema(`${SCHEMA} action touch appliesTo { principal: User, resource: User };`).json;
  await client.send(new PutSchemaCommand({ policyStoreId, definition: { cedarJson } }));
  await expect.poll(() => knows('touch')).toBe(true);
  await engine.stop();
});
