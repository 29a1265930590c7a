import { expect, it } from 'vitest';

import { batchIsAuthorized } from '../../../../../src/embedded/verified-permissions/operations/batch-is-authorized.js';
import { KnownEntities } from '../../../../../src/services/cedar/known-entities.js';
import { compilePolicySet } from '../../../../../src/services/cedar/policy-set.js';

const requests = Array.from({ length: 30 }, (_, index) => ({
  principal: { entityType: 'User', entityId: 'ada' },
  action: { actionType: 'Action', actionId: 'view' },
  resource: { entityType: 'Photo', entityId: String(index) },
}));

it('looks through the entities once, and lets others have their turn between its answers', async () => {
  const policies = [{ id: 'odd', statement: 'permit (principal, action, resource) when { resource.odd };' }];
  const policySet = compilePolicySet({ id: 'store', policies });
  const seen = new Set<unknown>();
  let turns = 0;
  const watched: typeof policySet = {
    ...policySet,
    decide(request) {
      seen.add(request.entities);
      setImmediate(() => (turns += 1));
      return policySet.decide(request);
    },
  };
  const ask = batchIsAuthorized({
    compiledStores: { get: async () => ({ policySet: watched, validationMode: 'OFF' }) },
  });
  const entityList = requests.map(({ resource: identifier }, index) => ({
    identifier,
    attributes: { odd: { boolean: index % 2 === 1 } },
  }));
  const { results = [] } = await ask(
    { policyStoreId: 'store', entities: { entityList }, requests },
    { requestId: '' },
  );
  expect(turns).toBeGreaterThanOrEqual(requests.length - 1);
  expect([...seen]).toEqual([expect.any(KnownEntities)]);
  expect(results.map(({ decision }) => decision === 'ALLOW')).toEqual(
    requests.map((_, index) => index % 2 === 1),
  );
});
