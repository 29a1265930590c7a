import {
  BatchGetPolicyCommand,
  ConflictException,
  CreatePolicyStoreCommand,
  DeletePolicyCommand,
  DeletePolicyStoreCommand,
  GetPolicyCommand,
  GetPolicyStoreCommand,
  GetSchemaCommand,
  InvalidStateException,
  ListPoliciesCommand,
  ListPolicyStoresCommand,
  paginateListPolicies,
  PutSchemaCommand,
  ResourceNotFoundException,
  UpdatePolicyCommand,
  UpdatePolicyStoreCommand,
} from '@aws-sdk/client-verifiedpermissions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  fieldsOf,
  openEmbeddedAvp,
  OWNERS,
  SCHEMA,
  user,
  VIEW,
  type EmbeddedAvp,
} from '../support/embedded-avp.js';

let avp: EmbeddedAvp;
beforeAll(async () => {
  avp = await openEmbeddedAvp();
});
afterAll(() => avp.close());

describe('policy stores', () => {
  it('are made, read, changed, listed and deleted', async () => {
    const policyStoreId = await avp.newStore();
    expect(policyStoreId).toMatch(/^PS[A-Za-z0-9]{20}$/);
    await avp.client.send(
      new UpdatePolicyStoreCommand({
        policyStoreId,
        validationSettings: { mode: 'OFF' },
        deletionProtection: 'ENABLED',
        description: 'photos',
      }),
    );
    const store = await avp.client.send(new GetPolicyStoreCommand({ policyStoreId }));
    expect(store).toMatchObject({
      policyStoreId,
      validationSettings: { mode: 'OFF' },
      deletionProtection: 'ENABLED',
      description: 'photos',
      cedarVersion: 'CEDAR_4',
    });
    expect(store.createdDate).toBeInstanceOf(Date);
    const { policyStores } = await avp.client.send(new ListPolicyStoresCommand({}));
    expect(policyStores?.map((listed) => listed.policyStoreId)).toContain(policyStoreId);
    const remove = () => avp.client.send(new DeletePolicyStoreCommand({ policyStoreId }));
    await expect(remove()).rejects.toBeInstanceOf(InvalidStateException);
    await avp.client.send(
      new UpdatePolicyStoreCommand({
        policyStoreId,
        validationSettings: { mode: 'OFF' },
        deletionProtection: 'DISABLED',
      }),
    );
    await remove();
    await remove();
    const error: unknown = await avp.client
      .send(new GetPolicyStoreCommand({ policyStoreId }))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ResourceNotFoundException);
    expect(error).toMatchObject({ resourceId: policyStoreId, resourceType: 'POLICY_STORE' });
  });

  it('are made once for one client token', async () => {
    const create = (description: string) =>
      avp.client.send(
        new CreatePolicyStoreCommand({
          clientToken: 'the-same-token',
          validationSettings: { mode: 'OFF' },
          description,
        }),
      );
    const [first, second] = [await create('a'), await create('a')];
    expect(second.policyStoreId).toBe(first.policyStoreId);
    await expect(create('b')).rejects.toBeInstanceOf(ConflictException);
  });

  it('hold a schema', async () => {
    const policyStoreId = await avp.newStore('OFF');
    await expect(avp.client.send(new GetSchemaCommand({ policyStoreId }))).rejects.toMatchObject({
      resourceType: 'SCHEMA',
    });
    const put = (cedarJson: string) =>
      avp.client.send(new PutSchemaCommand({ policyStoreId, definition: { cedarJson } }));
    expect(await put(SCHEMA)).toMatchObject({ namespaces: ['Photos'] });
    expect(await avp.client.send(new GetSchemaCommand({ policyStoreId }))).toMatchObject({
      schema: SCHEMA,
      namespaces: ['Photos'],
    });
    for (const wrong of ['entity User;', '{', '{"A":5}', 'x'.repeat(100_001), '['.repeat(50_000)]) {
      expect(await fieldsOf(put(wrong))).toEqual(['definition.cedarJson']);
    }
  });
});

describe('policies', () => {
  it('are made, read, changed and deleted', async () => {
    const policyStoreId = await avp.newStore();
    const statement =
      'permit (principal == Photos::User::"ada", action == Photos::Action::"view", resource);';
    const { policyId } = await avp.addPolicy(policyStoreId, statement, { name: 'name/ada' });
    expect(policyId).toMatch(/^[A-Za-z0-9]{22}$/);
    for (const key of [policyId, 'name/ada']) {
      expect(await avp.client.send(new GetPolicyCommand({ policyStoreId, policyId: key }))).toMatchObject({
        policyId,
        policyType: 'STATIC',
        effect: 'Permit',
        principal: user('ada'),
        actions: [VIEW],
        name: 'name/ada',
        definition: { static: { statement } },
      });
    }
    await expect(avp.addPolicy(policyStoreId, statement, { name: 'name/ada' })).rejects.toBeInstanceOf(
      ConflictException,
    );
    const update = (changed: string) =>
      avp.client.send(
        new UpdatePolicyCommand({
          policyStoreId,
          policyId,
          definition: { static: { statement: changed, description: 'no views' } },
        }),
      );
    await update(statement.replace('resource);', 'resource) when { false };'));
    expect((await avp.ask(policyStoreId)).decision).toBe('DENY');
    expect(await fieldsOf(update(statement.replace('permit', 'forbid')))).toEqual([
      'definition.static.statement',
    ]);
    await avp.client.send(new DeletePolicyCommand({ policyStoreId, policyId }));
    await avp.client.send(new DeletePolicyCommand({ policyStoreId, policyId }));
    const batch = await avp.client.send(
      new BatchGetPolicyCommand({
        requests: [
          { policyStoreId, policyId },
          { policyStoreId: 'PSnone', policyId },
        ],
      }),
    );
    expect(batch.errors?.map(({ code }) => code)).toEqual(['POLICY_NOT_FOUND', 'POLICY_STORE_NOT_FOUND']);
  });

  it('are listed in pages', async () => {
    const policyStoreId = await avp.newStore();
    const made: (string | undefined)[] = [];
    for (let index = 0; index < 5; index += 1)
      made.push((await avp.addPolicy(policyStoreId, OWNERS)).policyId);
    const listed: (string | undefined)[] = [];
    for await (const page of paginateListPolicies({ client: avp.client, pageSize: 2 }, { policyStoreId })) {
      expect(page.policies?.length).toBeLessThanOrEqual(2);
      listed.push(...(page.policies ?? []).map(({ policyId }) => policyId));
    }
    expect(listed.sort()).toEqual(made.sort());
    const list = new ListPoliciesCommand({ policyStoreId, nextToken: 'bm9uc2Vuc2U' });
    expect(await fieldsOf(avp.client.send(list))).toEqual(['nextToken']);
  });

  it.each([
    ['does not parse', 'permit (principal, action, resource) when { 1 + };'],
    ['does not validate', 'permit (principal, action, resource) when { resource.nothing };'],
    ['is a template', 'permit (principal == ?principal, action, resource);'],
    ['is two', `${OWNERS}${OWNERS}`],
    ['is too large', `permit (principal, action, resource); // ${'x'.repeat(10_000)}`],
    [
      'is nested too deeply',
      `permit (principal, action, resource) when { ${'('.repeat(900)}true${')'.repeat(900)} };`,
    ],
    ['is an endless sum', `permit (principal, action, resource) when { ${'1+'.repeat(900)}1 == 1 };`],
    ['is half a surrogate pair', 'permit (principal == Photos::User::"\ud800", action, resource);'],
  ])('are refused when the statement %s', async (_why, statement) => {
    const policyStoreId = await avp.newStore();
    expect(new Set(await fieldsOf(avp.addPolicy(policyStoreId, statement)))).toEqual(
      new Set(['definition.static.statement']),
    );
    await avp.addPolicy(policyStoreId, OWNERS);
    expect((await avp.ask(policyStoreId)).decision).toBe('ALLOW');
  });

  it('need a schema in a STRICT store', async () => {
    const { policyStoreId = '' } = await avp.client.send(
      new CreatePolicyStoreCommand({ validationSettings: { mode: 'STRICT' } }),
    );
    expect(await fieldsOf(avp.addPolicy(policyStoreId, OWNERS))).toEqual(['definition.static.statement']);
  });

  it('outlive the engine', async () => {
    const policyStoreId = await avp.newStore();
    const { policyId } = await avp.addPolicy(policyStoreId, OWNERS);
    const later = await avp.newClient().send(new GetPolicyCommand({ policyStoreId, policyId }));
    expect(later.definition?.static?.statement).toBe(OWNERS);
  });
});
