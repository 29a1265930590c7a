import { expect, it } from 'vitest';

import { batchIsAuthorized } from '../../../../../src/embedded/verified-permissions/operations/batch-is-authorized.js';
import { KnownEntities } from '../../../../../src/services/cedar/known-entities.js';
import { compilePolicySet } from '../../../../../src/services/cedar/policy-set.js';

const requests = Array.from({ length: 30 }, (_, index) => ({
  principal: { entityType: 'User', entityId: 'ada' },
  action: { actionType: 'Action', actionId: 'view' },
  resource: { entityType: 'Photo', entityId: String(index) },
}));

/** The answers to 30 questions of which each takes a while to decide, and how often others had their turn. */
async function askAll(millisecondsEach: number) {
  const policies = [{ id: 'odd', statement: 'permit (principal, action, resource) when { resource.odd };' }];
  const policySet = compilePolicySet({ id: 'store', policies });
  const seen = new Set<unknown>();
  let now = 0;
  let turns = 0;
  const watched: typeof policySet = {
    ...policySet,
    decide(request) {
      seen.add(request.entities);
      now += millisecondsEach;
      setImmediate(() => (turns += 1));
      return policySet.decide(request);
    },
  };
  const ask = batchIsAuthorized({
    compiledStores: { get: async () => ({ policySet: watched, validationMode: 'OFF' }) },
    clock: { now: () => new Date(now) },
  });
  const entityList = requests.map(({ resource: identifier }, index) => ({
    identifier,
    attributes: { odd: { boolean: index % 2 === 1 } },
  }));
  const { results = [] } = await ask(
    { policyStoreId: 'store', entities: { entityList }, requests },
    { requestId: '' },
  );
  return { results, seen: [...seen], turns };
}

it('looks through the entities once', async () => {
  const { results, seen } = await askAll(0);
  expect(seen).toEqual([expect.any(KnownEntities)]);
  expect(results.map(({ decision }) => decision === 'ALLOW')).toEqual(
    requests.map((_, index) => index % 2 === 1),
  );
});

it.each([
  ['after each decision that takes long', 2, requests.length - 1],
  ['after every two that take half as long', 1, requests.length / 2 - 1],
])('lets others have their turn %s', async (_when, millisecondsEach, expected) => {
  const { turns } = await askAll(millisecondsEach);
  expect(turns).toBeGreaterThanOrEqual(expected);
});

it('does not stop between decisions that take no time', async () => {
  const { turns } = await askAll(0);
  expect(turns).toBe(0);
});
