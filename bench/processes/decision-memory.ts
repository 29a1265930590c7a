// Decides distinct questions, as the requests of many people would, and reads its own memory where it is told to: the loader,
// the cache and what reads entities are the service's own, and the engine permits everything.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import DataLoader from 'dataloader';

import { createDecisionCache } from '../../src/services/authorization/decision-cache/decision-cache.js';
import { createMemorySharedDecisions } from '../../src/services/authorization/decision-cache/memory-shared-decisions.js';
import { createDecisionLoader } from '../../src/services/authorization/decision-loader.js';
import { createIdentityEntitySource } from '../../src/services/authorization/entity-source.js';
import { qualifyAction, userUid } from '../../src/services/authorization/names.js';
import { readPolicyFolder } from '../../src/services/cedar/policy-files.js';
import { systemClock } from '../../src/services/clock.js';
import { createLogger } from '../../src/services/create-logger.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { createMetrics } from '../../src/services/telemetry/metrics.js';
import type { UserRecord } from '../../src/services/users/user-store.js';
import { USER_ACTIONS } from '../user-actions.js';
import { announce } from './announce.js';
import { answer } from './answer.js';

/** Each person asks once, what they may do to one other. */
const PER_REQUEST = USER_ACTIONS.length;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const { schema } = await readPolicyFolder('policies');
const services = {
  authorizer: {
    authorize: async (questions: readonly unknown[]) =>
      questions.map(
        () =>
          ({ kind: 'answered', effect: 'ALLOW', determiningPolicies: ['everything'], errors: [] }) as const,
      ),
  },
  cache: createDecisionCache({
    shared: createMemorySharedDecisions({ randomness: systemRandomness }),
    policies: () => 'bench',
    clock: systemClock,
  }),
  catalog: { schema: async () => schema },
  clock: systemClock,
  logger: createLogger('error'),
  metrics: createMetrics(),
};

const userOf = (id: string): UserRecord =>
  ({ id, userType: 'ADMIN', enabled: true, status: 'CONFIRMED' }) as UserRecord;

/** @param number whose request it is: the decisions of no two are alike */
async function request(number: number): Promise<void> {
  const loader = createDecisionLoader({
    ...services,
    entities: createIdentityEntitySource({
      users: new DataLoader(async (ids: readonly string[]) => ids.map(userOf)),
      roles: new DataLoader(async (ids: readonly string[]) => ids.map(() => ['administrator'])),
      sessions: { load: async () => undefined },
    }),
  });
  const [principal, resource] = [userUid(`principal-${number}`), userUid(`resource-${number}`)];
  const decisions = await Promise.all(
    USER_ACTIONS.map(async (action) =>
      loader.decide(
        { principal, action: qualifyAction(action, resource.type), resource, context: {} },
        { asker: { mfaAuthenticated: true } },
      ),
    ),
  );
  if (decisions.some(({ reason, source }) => reason !== 'PERMITTED' || source !== 'ENGINE')) {
    throw new Error('A decision was not made anew.');
  }
}

let requests = 0;

/** Goes on until so many decisions are made. @returns bytes */
answer(async ({ decisions }: { decisions: number }) => {
  for (; requests * PER_REQUEST < decisions; requests += 1) await request(requests);
  // What is let go of at the end of a tick is gone after it.
  for (let times = 0; times < 3; times += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  const { heapUsed, rss } = process.memoryUsage();
  return { heapUsed, rss };
});
announce({});
