// The service with one of its engines, on two ports: on one it decides, on the other it makes decisions up. Given a Redis, it
// remembers decisions there alone; without one, in its own memory. When it is told to, it makes the decisions of a list of
// checks in a bare loop of cedar-wasm instead.
import type { Schema } from '@cedar-policy/cedar-wasm/nodejs';
import DataLoader from 'dataloader';

import { RequestContext } from '../../src/context.js';
import { decideCheck } from '../../src/resolvers/decision-check.js';
import {
  createDecisionCache,
  type DecisionCache,
} from '../../src/services/authorization/decision-cache/decision-cache.js';
import { openRedisSharedDecisions } from '../../src/services/authorization/decision-cache/redis-shared-decisions.js';
import { createIdentityEntitySource } from '../../src/services/authorization/entity-source.js';
import { qualifyAction, userUid } from '../../src/services/authorization/names.js';
import type { Question } from '../../src/services/authorization/question.js';
import { readPolicyFolder } from '../../src/services/cedar/policy-files.js';
import { systemClock } from '../../src/services/clock.js';
import type { Services } from '../../src/services/index.js';
import { whenKnown } from '../../src/services/maybe-promise.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { bareCedar } from '../bare-cedar.js';
import { createBenchApp } from '../bench-app.js';
import { USER_ACTIONS } from '../user-actions.js';
import { announce } from './announce.js';
import { answer } from './answer.js';
import { listenAsEdge } from './edge.js';
import { guardedSchema, undecidedSchema } from './guarded-schema.js';

/** With ten actions each, as many checks as one query may bring. */
const PEOPLE = 100;
const POLICIES = 'policies';
const NOTHING = { maxDecisions: 1, maxCharacters: 8 };

const [engine = '', redisUrl = ''] = process.argv.slice(2);
const { app, config, adminToken } = await createBenchApp({
  people: PEOPLE,
  env: { AUTHORIZATION_ENGINE: engine, ...(redisUrl !== '' && { REDIS_URL: redisUrl }) },
});
const { services } = app;
const ids = await idsOf(services);
const decided =
  redisUrl === ''
    ? await app.server.listen({ host: '127.0.0.1', port: 0 })
    : await listenAsEdge(guardedSchema(config), { ...services, decisionCache: await inRedisAlone() });
const madeUp = await listenAsEdge(undecidedSchema(config), services);
const bare = await bareLoop();

/** Milliseconds for the first so many checks: in the bare loop, or of each of so many operations, but for HTTP and GraphQL. */
answer(async ({ checks, operations }: { checks: number; operations?: number }) => {
  if (operations !== undefined) return decideAgain(checks, operations);
  const asked = bare.slice(0, checks);
  const startedAt = performance.now();
  for (const decide of asked) decide();
  return performance.now() - startedAt;
});
announce({ decided: `${decided}/graphql`, madeUp: `${madeUp}/graphql`, token: adminToken, ids });

async function inRedisAlone(): Promise<DecisionCache> {
  const shared = await openRedisSharedDecisions({
    url: redisUrl,
    keyPrefix: `bench-${engine}:`,
    clock: systemClock,
    randomness: systemRandomness,
    logger: services.logger,
  });
  return createDecisionCache({ shared, policies: () => 'bench', clock: systemClock, ...NOTHING });
}

async function decideAgain(count: number, operations: number): Promise<number[]> {
  const checks = ids
    .flatMap((id) => USER_ACTIONS.map((action) => ({ action, resource: { type: 'User', id } })))
    .slice(0, count);
  const taken: number[] = [];
  while (taken.length < operations) {
    const credential = await services.authentication.authenticate(`Bearer ${adminToken}`);
    if (credential.kind !== 'viewer') throw new Error('The administrator is not signed in.');
    const client = { ipAddress: '127.0.0.1', userAgent: null };
    const request = new RequestContext(services, 'bench', client, credential);
    const startedAt = performance.now();
    const decided = checks.map((check) => decideCheck(check, credential.viewer, request, false));
    const decisions = await whenKnown(decided, (known) => known);
    taken.push(performance.now() - startedAt);
    if (!decisions.every(({ allowed }) => allowed)) throw new Error('Something was decided otherwise.');
  }
  return taken;
}

async function idsOf({ userList }: Services): Promise<string[]> {
  const { items } = await userList.list({
    first: PEOPLE,
    after: null,
    filter: { userType: 'END_USER' },
    admits: async (users) => users.map(() => true),
  });
  if (items.length !== PEOPLE) throw new Error(`There are ${items.length} people instead of ${PEOPLE}.`);
  return items.map(({ user }) => user.id);
}

/** For each check of the administrator's, in the order of the actions within that of the people, what makes its decision. */
async function bareLoop(): Promise<(() => unknown)[]> {
  const { schema, policies } = await readPolicyFolder(POLICIES);
  const decide = bareCedar(
    'bench',
    { staticPolicies: Object.fromEntries(policies.map(({ id, statement }) => [id, statement])) },
    JSON.parse(schema.json) as Schema,
  );
  const credential = await services.authentication.authenticate(`Bearer ${adminToken}`);
  if (credential.kind !== 'viewer') throw new Error('The administrator is not signed in.');
  const { users, sessions } = services;
  const source = createIdentityEntitySource({
    users: new DataLoader((wanted: readonly string[]) => users.findMany(wanted)),
    roles: new DataLoader((wanted: readonly string[]) => users.rolesOfMany(wanted)),
    sessions: new DataLoader((wanted: readonly string[]) => sessions.findMany(wanted)),
  });
  const principal = userUid(credential.viewer.userId);
  const { mfaAuthenticated } = credential.viewer.session;
  const loops = await Promise.all(
    ids.map(async (id) => {
      const resource = userUid(id);
      const { entities } = await source.load({ principals: [principal], others: [resource] });
      return USER_ACTIONS.map((action) => {
        const question: Question = {
          principal,
          action: qualifyAction(action, resource.type),
          resource,
          context: { mfaAuthenticated },
        };
        return () => decide(question, entities);
      });
    }),
  );
  return loops.flat();
}
