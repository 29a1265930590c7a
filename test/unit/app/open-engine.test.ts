import { PutSchemaCommand, type VerifiedPermissionsClient } from '@aws-sdk/client-verifiedpermissions';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openEngine } from '../../../src/app/open-engine.js';
import type { Config } from '../../../src/config.js';
import { parseSchema } from '../../../src/services/cedar/schema.js';
import { systemClock } from '../../../src/services/clock.js';
import type { Database } from '../../../src/services/database/database.js';
import { systemRandomness } from '../../../src/services/randomness.js';
import { createReadiness } from '../../../src/services/readiness/readiness.js';
import { createMetrics } from '../../../src/services/telemetry/metrics.js';
import { openTestDatabase } from '../../support/database.js';
import { makePolicyStore } from '../../support/policy-store.js';
import { recordingHandler, serverError } from '../../support/recording-handler.js';
import { verifiedPermissionsClient } from '../../support/verified-permissions-client.js';

const SCHEMA = 'entity User; action look appliesTo { principal: User, resource: User };';

const logger = pino({ level: 'silent' });

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

function open(
  client: VerifiedPermissionsClient,
  policyStoreId: string,
  authorization: Partial<Config['authorization']> = {},
) {
  const metrics = createMetrics();
  const engine = openEngine(
    {
      policiesDir: 'policies-that-are-not-there',
      authorization: { engine: 'avp', localPolicies: 'store', shadowAnswers: 'avp', ...authorization },
    },
    { verifiedPermissions: client, deciding: client, policyStoreId },
    metrics,
    { clock: systemClock, randomness: systemRandomness, logger },
  );
  const report = () => createReadiness(engine.dependencies, { clock: systemClock, logger }).report();
  return { engine, metrics, report };
}

it('a schema that was written has its actions at once', async () => {
  const { client, policyStoreId } = await makePolicyStore(database.db, { schema: SCHEMA, policies: {} });
  const { engine } = open(client, policyStoreId);
  await engine.syncNow();
  const knows = async (id: string) =>
    (await engine.policyCatalog.schema())?.hasAction({ type: 'Action', id });
  expect(await knows('touch')).toBe(false);
  const cedarJson = parseSchema(`${SCHEMA} action touch appliesTo { principal: User, resource: User };`).json;
  await client.send(new PutSchemaCommand({ policyStoreId, definition: { cedarJson } }));
  await expect.poll(() => knows('touch')).toBe(true);
  await engine.stop();
});

describe('readiness', () => {
  it('is degraded, and not down, for want of the engine that is only compared', async () => {
    const { client, policyStoreId } = await makePolicyStore(database.db, { schema: SCHEMA, policies: {} });
    const { engine, report } = open(client, policyStoreId, { engine: 'shadow', localPolicies: 'files' });
    expect(await report()).toEqual({
      status: 'degraded',
      checks: { policies: 'up', comparedPolicies: 'down' },
    });
    await engine.stop();
  });

  it('is down for want of the engine that answers', async () => {
    const { client, policyStoreId } = await makePolicyStore(database.db, { schema: SCHEMA, policies: {} });
    const { engine, report } = open(client, policyStoreId, {
      engine: 'shadow',
      localPolicies: 'files',
      shadowAnswers: 'local',
    });
    expect(await report()).toEqual({ status: 'down', checks: { policies: 'down', comparedPolicies: 'up' } });
    await engine.stop();
  });

  it('is degraded while decisions fail and the store is there', async () => {
    const store = await makePolicyStore(database.db, { schema: SCHEMA, policies: {} });
    const handler = recordingHandler(store.handler);
    handler.disturb(({ operation }) => (operation === 'IsAuthorized' ? serverError : undefined));
    const { engine, metrics, report } = open(verifiedPermissionsClient(handler), store.policyStoreId);
    const user = { type: 'User', id: 'ada' };
    const question = { principal: user, action: { type: 'Action', id: 'look' }, resource: user, context: {} };
    const isOpen = async () => (await metrics.circuitOpen.get()).values[0]?.value === 1;
    while (!(await isOpen())) await engine.authorizer.authorize([question], []);
    expect(await report()).toEqual({ status: 'degraded', checks: { policies: 'failing' } });
    await engine.stop();
  });
});
