import { BatchIsAuthorizedCommand } from '@aws-sdk/client-verifiedpermissions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { dispatch } from '../../src/embedded/aws-json.js';
import {
  fieldsOf,
  openEmbeddedAvp,
  ownedBy,
  OWNERS,
  photo,
  user,
  VIEW,
  type EmbeddedAvp,
} from '../support/embedded-avp.js';

let avp: EmbeddedAvp;
beforeAll(async () => {
  avp = await openEmbeddedAvp();
});
afterAll(() => avp.close());

describe('batches', () => {
  const batch = (
    policyStoreId: string,
    pairs: readonly (readonly [string, string])[],
    entities = ownedBy('ada'),
  ) =>
    avp.client.send(
      new BatchIsAuthorizedCommand({
        policyStoreId,
        entities,
        requests: pairs.map(([who, what]) => ({
          principal: user(who),
          action: VIEW,
          resource: photo(what),
        })),
      }),
    );

  it('answer each question, in order and with the question', async () => {
    const policyStoreId = await avp.newStore();
    const { policyId } = await avp.addPolicy(policyStoreId, OWNERS);
    const { results } = await batch(policyStoreId, [
      ['eve', 'p'],
      ['ada', 'p'],
    ]);
    expect(results).toEqual([
      {
        request: { principal: user('eve'), action: VIEW, resource: photo('p') },
        decision: 'DENY',
        determiningPolicies: [],
        errors: [],
      },
      {
        request: { principal: user('ada'), action: VIEW, resource: photo('p') },
        decision: 'ALLOW',
        determiningPolicies: [{ policyId }],
        errors: [],
      },
    ]);
  });

  it('take up to 30 questions that share a principal or a resource', async () => {
    const policyStoreId = await avp.newStore();
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) => ['ada', `p${index}`] as const);
    expect((await batch(policyStoreId, many(30))).results).toHaveLength(30);
    expect(await fieldsOf(batch(policyStoreId, many(31)))).toEqual(['requests']);
    expect(await fieldsOf(batch(policyStoreId, []))).toEqual(['requests']);
    const nothingShared = [
      ['ada', 'p'],
      ['eve', 'q'],
    ] as const;
    expect(await fieldsOf(batch(policyStoreId, nothingShared))).toEqual(['requests']);
  });

  it('take up to 100 principals and 100 resources', async () => {
    const policyStoreId = await avp.newStore();
    const photos = (count: number) => ({
      entityList: Array.from(
        { length: count },
        (_, index) => ownedBy('ada', `p${index}`).entityList ?? [],
      ).flat(),
    });
    expect((await batch(policyStoreId, [['ada', 'p1']], photos(100))).results).toHaveLength(1);
    expect(await fieldsOf(batch(policyStoreId, [['ada', 'p1']], photos(101)))).toEqual(['entities']);
  });

  it('fail as a whole for one question that the schema refuses', async () => {
    const policyStoreId = await avp.newStore();
    const requests = ['view', 'fly'].map((actionId) => ({
      principal: user('ada'),
      action: { ...VIEW, actionId },
      resource: photo('p'),
    }));
    const call = avp.client.send(new BatchIsAuthorizedCommand({ policyStoreId, requests }));
    expect(await fieldsOf(call)).toEqual(['requests.1']);
  });

  it('take at most a megabyte', async () => {
    const policyStoreId = await avp.newStore();
    const entities = { cedarJson: JSON.stringify('x'.repeat(1_048_576)) };
    await fieldsOf(batch(policyStoreId, [['ada', 'p']], entities));
  });
});

it('answers 400 to whatever is not the input of the operation', async () => {
  const { service } = avp.newEngine();
  const bodies = [
    '{}',
    '{"policyStoreId":5}',
    '{"policyStoreId":null}',
    '{"requests":{}}',
    '{"definition":[]}',
  ];
  for (const operation of Object.keys(service.operations)) {
    if (operation === 'ListPolicyStores') continue;
    for (const body of [...bodies, `{"policyStoreId":${'['.repeat(100_000)}${']'.repeat(100_000)}}`]) {
      const answer = await dispatch(service, { target: `VerifiedPermissions.${operation}`, body });
      expect([operation, answer.statusCode]).toEqual([operation, 400]);
      expect(JSON.parse(answer.body)).toMatchObject({ __type: 'ValidationException' });
    }
  }
});
