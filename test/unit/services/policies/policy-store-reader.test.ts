import {
  CreatePolicyCommand,
  CreatePolicyTemplateCommand,
  DeletePolicyCommand,
  PutSchemaCommand,
  UpdatePolicyTemplateCommand,
} from '@aws-sdk/client-verifiedpermissions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { parseSchema } from '../../../../src/services/cedar/schema.js';
import type { Database } from '../../../../src/services/database/database.js';
import { createPolicyStoreReader } from '../../../../src/services/policies/policy-store-reader.js';
import { createStoreCalls } from '../../../../src/services/policies/store-calls.js';
import { openTestDatabase } from '../../../support/database.js';
import { makePolicyStore } from '../../../support/policy-store.js';
import { recordingHandler } from '../../../support/recording-handler.js';
import { verifiedPermissionsClient } from '../../../support/verified-permissions-client.js';

const SCHEMA = 'entity User; action look appliesTo { principal: User, resource: User };';
const PERMIT = 'permit (principal, action, resource);';

let database: Database;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

async function setUp(policies: Readonly<Record<string, string>>, schema?: string) {
  const store = await makePolicyStore(database.db, { policies, ...(schema !== undefined && { schema }) });
  const { client, policyStoreId } = store;
  const calls = recordingHandler(store.handler);
  const reader = createPolicyStoreReader({
    client: verifiedPermissionsClient(calls),
    policyStoreId,
    call: createStoreCalls({ deadline: () => new AbortController().signal }),
  });
  const create = async (statement: string) => {
    const definition = { static: { statement } };
    return (await client.send(new CreatePolicyCommand({ policyStoreId, definition }))).policyId ?? '';
  };
  const fetched = () =>
    calls.calls
      .filter(({ operation }) => operation === 'BatchGetPolicy')
      .map(({ input }) => (input['requests'] as { policyId: string }[]).map(({ policyId }) => policyId));
  return { ...store, calls, create, fetched, read: () => reader.read(new AbortController().signal) };
}

describe('a policy store', () => {
  it('is listed, and what has not changed is neither fetched again nor another object', async () => {
    const { read, calls, create, fetched, idOf } = await setUp({ one: PERMIT });
    const first = await read();
    expect(await read()).toBe(first);
    expect(fetched()).toEqual([[idOf('one')]]);
    const listed = calls.count('ListPolicies');
    await read();
    expect(calls.count('ListPolicies')).toBe(listed + 1);
    const added = await create('forbid (principal, action, resource);');
    const second = await read();
    expect(fetched()).toEqual([[idOf('one')], [added]]);
    expect(second.policies.get(idOf('one'))).toBe(first.policies.get(idOf('one')));
    expect([...second.policies.keys()].sort()).toEqual([idOf('one'), added].sort());
  });

  it('of many policies is fetched a hundred at a time', async () => {
    const names = Array.from({ length: 101 }, (_, index) => `policy ${index}`);
    const { read, fetched } = await setUp(Object.fromEntries(names.map((name) => [name, PERMIT])));
    expect((await read()).policies.size).toBe(101);
    expect(fetched().map(({ length }) => length)).toEqual([100, 1]);
  });

  it('forgets what was deleted', async () => {
    const { read, client, policyStoreId, idOf } = await setUp({ one: PERMIT, two: PERMIT });
    await read();
    await client.send(new DeletePolicyCommand({ policyStoreId, policyId: idOf('one') }));
    expect([...(await read()).policies.keys()]).toEqual([idOf('two')]);
  });

  it('fills the slots of its templates, and all its links change with their template', async () => {
    const { read, client, policyStoreId, calls } = await setUp({});
    const { policyTemplateId } = await client.send(
      new CreatePolicyTemplateCommand({
        policyStoreId,
        statement: 'permit (principal == ?principal, action, resource);',
      }),
    );
    for (const entityId of ['ada', 'bob "b"']) {
      const principal = { entityType: 'User', entityId };
      const definition = { templateLinked: { policyTemplateId, principal } };
      await client.send(new CreatePolicyCommand({ policyStoreId, definition }));
    }
    const statements = async () =>
      [...(await read()).policies.values()].map(({ statement }) => statement).sort();
    expect(await statements()).toEqual([
      'permit (principal == User::"ada", action, resource);',
      'permit (principal == User::"bob \\"b\\"", action, resource);',
    ]);
    await client.send(
      new UpdatePolicyTemplateCommand({
        policyStoreId,
        policyTemplateId,
        statement: 'permit (principal == ?principal, action, resource) when { true };',
      }),
    );
    expect(await statements()).toEqual([
      'permit (principal == User::"ada", action, resource) when { true };',
      'permit (principal == User::"bob \\"b\\"", action, resource) when { true };',
    ]);
    expect(calls.count('GetPolicyTemplate')).toBe(2);
  });

  it('has a schema that changes, and may have none', async () => {
    expect((await (await setUp({})).read()).schema).toBeUndefined();
    const { read, client, policyStoreId } = await setUp({}, SCHEMA);
    const first = await read();
    expect(first).toMatchObject({ validatesRequests: true });
    expect(first.schema?.hasAction({ type: 'Action', id: 'look' })).toBe(true);
    const cedarJson = parseSchema(SCHEMA.replace('look', 'listen')).json;
    await client.send(new PutSchemaCommand({ policyStoreId, definition: { cedarJson } }));
    expect((await read()).schema?.hasAction({ type: 'Action', id: 'listen' })).toBe(true);
  });
});
