import { Writable } from 'node:stream';

import pino from 'pino';
import { afterAll, beforeAll } from 'vitest';

import {
  createAvpAuthorizer,
  type AvpAuthorizerOptions,
} from '../../src/services/authorization/avp-authorizer.js';
import type {
  CedarEntity,
  CedarRecord,
  EntityUid,
  Question,
} from '../../src/services/authorization/question.js';
import type { Database } from '../../src/services/database/database.js';
import { createMetrics } from '../../src/services/telemetry/metrics.js';
import { openTestDatabase } from './database.js';
import { FakeClock } from './fake-clock.js';
import { makePolicyStore, type PolicyStore } from './policy-store.js';
import { recordingHandler, type Fault, type RecordedCall } from './recording-handler.js';
import { verifiedPermissionsClient } from './verified-permissions-client.js';

const CONTENT = {
  policies: { permit: `permit (principal, action == Action::"read", resource) when { principal.active };` },
};

const person = (id: string): EntityUid => ({ type: 'Person', id });
export const ask = (
  who: string,
  action: string,
  what: string | number,
  context: CedarRecord = {},
): Question => ({
  principal: person(who),
  action: { type: 'Action', id: action },
  resource: { type: 'Thing', id: String(what) },
  context,
});
export const ADA: CedarEntity = {
  uid: person('ada'),
  attrs: { active: true, secret: 'hunter2' },
  parents: [{ type: 'Team', id: 'a' }],
};
export const TEAM: CedarEntity = { uid: { type: 'Team', id: 'a' }, attrs: {}, parents: [] };
const STRANGER: CedarEntity = { uid: person('stranger'), attrs: { active: true }, parents: [] };
export const ENTITIES = [ADA, TEAM, STRANGER];

export const many = (count: number) => Array.from({ length: count }, (_, index) => ask('ada', 'read', index));

export const firstCallOnly = () => {
  let calls = 0;
  return () => (calls += 1) === 1;
};

/** For the tests of one file: authorizers over one policy store, where Ada may read. */
export function avpAuthorizers() {
  let database: Database;
  let store: PolicyStore;
  beforeAll(async () => {
    database = await openTestDatabase();
    store = await makePolicyStore(database.db, CONTENT);
  });
  afterAll(() => database.close());
  return { setUp: (options?: Partial<AvpAuthorizerOptions>) => setUp(store, options) };
}

function setUp(
  store: PolicyStore,
  {
    deadline = () => new AbortController().signal,
    concurrency = 10,
    attempts = 1,
    singlesUpTo = 1,
    callsPerSecond,
  }: Partial<AvpAuthorizerOptions> = {},
) {
  const clock = new FakeClock();
  const metrics = createMetrics();
  const handler = recordingHandler(store.handler);
  let log = '';
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString();
      done();
    },
  });
  const authorizer = createAvpAuthorizer({
    client: verifiedPermissionsClient(handler),
    policyStoreId: store.policyStoreId,
    clock,
    randomness: { integer: () => 0 },
    logger: pino({}, sink),
    metrics,
    deadline,
    concurrency,
    attempts,
    singlesUpTo,
    callsPerSecond,
  });
  const kinds = async (questions: readonly Question[]) =>
    (await authorizer.authorize(questions, ENTITIES)).map(({ kind }) => kind);
  const disturb = (fault: Fault, which: (call: RecordedCall) => boolean = () => true) =>
    handler.disturb((call) => (which(call) ? fault : undefined));
  /** How many calls came to this, whatever the operation. */
  const outcomes = async (outcome: string) =>
    (await metrics.engineCalls.get()).values
      .filter(({ labels }) => labels.outcome === outcome)
      .reduce((sum, { value }) => sum + value, 0);
  return {
    policyStoreId: store.policyStoreId,
    authorizer,
    handler,
    kinds,
    disturb,
    clock,
    metrics,
    outcomes,
    readLog: () => log,
  };
}
