import {
  CreatePolicyCommand,
  CreatePolicyTemplateCommand,
  PutSchemaCommand,
} from '@aws-sdk/client-verifiedpermissions';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createPolicyCatalog } from '../../../../src/services/authorization/policy-catalog.js';
import { parseSchema } from '../../../../src/services/cedar/schema.js';
import type { Database } from '../../../../src/services/database/database.js';
import { openTestDatabase } from '../../../support/database.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { makePolicyStore, type PolicyStore } from '../../../support/policy-store.js';
import { exception, recordingHandler, serverError, silence } from '../../../support/recording-handler.js';
import { verifiedPermissionsClient } from '../../../support/verified-permissions-client.js';

const POLICIES = {
  annotated: '@id("reading") @description("Everybody \\"reads\\".") permit (principal, action, resource);',
  described: 'permit (principal, action, resource);',
  bare: 'forbid (principal, action, resource) unless { true };',
};
const SCHEMA = 'entity User; action look appliesTo { principal: User, resource: User };';

let database: Database;
let withSchema: PolicyStore;
let withoutSchema: PolicyStore;
beforeAll(async () => {
  database = await openTestDatabase();
  const descriptions = { annotated: 'Not shown.', described: 'Kept beside the policy.' };
  const content = { policies: POLICIES, descriptions };
  withSchema = await makePolicyStore(database.db, { ...content, schema: SCHEMA });
  withoutSchema = await makePolicyStore(database.db, content);
});
afterAll(() => database.close());

function setUp(store: PolicyStore, options: { readonly maxRemembered?: number } = {}) {
  const handler = recordingHandler(store.handler);
  const clock = new FakeClock();
  const catalog = createPolicyCatalog({
    client: verifiedPermissionsClient(handler),
    policyStoreId: store.policyStoreId,
    clock,
    logger: pino({ level: 'silent' }),
    deadline: () => new AbortController().signal,
    ...options,
  });
  return { catalog, clock, handler };
}

describe('schema', () => {
  it('is read once a minute, and stays the same object while its text does', async () => {
    const { catalog, clock, handler } = setUp(withSchema);
    const [first] = await Promise.all([catalog.schema(), catalog.schema()]);
    expect(first?.hasAction({ type: 'Action', id: 'look' })).toBe(true);
    clock.advance(59_999);
    await catalog.schema();
    expect(handler.count('GetSchema')).toBe(1);
    clock.advance(1);
    await catalog.schema();
    await expect.poll(() => handler.count('GetSchema')).toBe(2);
    expect(await catalog.schema()).toBe(first);
  });

  it('is waited for by nobody while the store is out of reach, once it was read', async () => {
    const { catalog, clock, handler } = setUp(withSchema);
    const schema = await catalog.schema();
    handler.disturb(() => silence);
    clock.advance(60_000);
    expect(await catalog.schema()).toBe(schema);
    clock.advance(500_000);
    expect(await catalog.schema()).toBe(schema);
  });

  it('is read anew where the store is said to have changed', async () => {
    const store = await makePolicyStore(database.db, { policies: {}, schema: SCHEMA });
    const { catalog } = setUp(store);
    await catalog.schema();
    const cedarJson = parseSchema(
      `${SCHEMA} action touch appliesTo { principal: User, resource: User };`,
    ).json;
    await store.client.send(
      new PutSchemaCommand({ policyStoreId: store.policyStoreId, definition: { cedarJson } }),
    );
    await catalog.refresh();
    expect((await catalog.schema())?.hasAction({ type: 'Action', id: 'touch' })).toBe(true);
  });

  it('is undefined where the store has none', async () => {
    const { catalog } = setUp(withoutSchema);
    expect(await catalog.schema()).toBeUndefined();
  });

  it('rejects until it could be read once, and then outlasts failures', async () => {
    const { catalog, clock, handler } = setUp(withSchema);
    handler.disturb(() => serverError);
    await expect(catalog.schema()).rejects.toThrow();
    handler.disturb(() => undefined);
    clock.advance(1_000);
    const schema = await catalog.schema();
    handler.disturb(() => serverError);
    clock.advance(60_000);
    expect(await catalog.schema()).toBe(schema);
  });

  it('rejects where there is no such store', async () => {
    const { catalog, handler } = setUp(withSchema);
    handler.disturb(() => exception('ResourceNotFoundException', { resourceType: 'POLICY_STORE' }));
    await expect(catalog.schema()).rejects.toThrow();
  });
});

describe('describe', () => {
  it('names policies by their annotations, else by what the store knows, in the order asked', async () => {
    const { catalog } = setUp(withSchema);
    const ids = [withSchema.idOf('bare'), withSchema.idOf('annotated'), withSchema.idOf('described')];
    expect(await catalog.describe(ids)).toEqual([
      { id: withSchema.idOf('bare'), description: null },
      { id: 'reading', description: 'Everybody "reads".' },
      { id: withSchema.idOf('described'), description: 'Kept beside the policy.' },
    ]);
  });

  it('names policies that are linked to a template by its annotations, read once for all of them', async () => {
    const { client, policyStoreId } = withoutSchema;
    const link = async (head: string, description: string) => {
      const statement = `${head} permit (principal == ?principal, action, resource);`;
      const { policyTemplateId } = await client.send(
        new CreatePolicyTemplateCommand({ policyStoreId, statement, description }),
      );
      const make = async (entityId: string) => {
        const templateLinked = { policyTemplateId, principal: { entityType: 'User', entityId } };
        const made = await client.send(
          new CreatePolicyCommand({ policyStoreId, definition: { templateLinked } }),
        );
        return made.policyId ?? '';
      };
      return [await make('ada'), await make('bob')] as const;
    };
    const [annotated, described] = [
      await link('@id("sharing") @description("Shared.")', 'Not shown.'),
      await link('', 'Kept beside the template.'),
    ];
    const { catalog, handler, clock } = setUp(withoutSchema);
    const [ada, bob] = described;
    const wanted = [
      { id: 'sharing', description: 'Shared.' },
      { id: 'sharing', description: 'Shared.' },
      { id: ada, description: 'Kept beside the template.' },
      { id: bob, description: 'Kept beside the template.' },
    ];
    expect(await catalog.describe([...annotated, ...described])).toEqual(wanted);
    expect(await catalog.describe([...annotated, ...described])).toEqual(wanted);
    expect(handler.count('GetPolicyTemplate')).toBe(2);
    handler.disturb(() => serverError);
    clock.advance(60_000);
    expect(await catalog.describe(annotated)).toEqual(wanted.slice(0, 2));
  });

  it('goes by the bare id where the template cannot be read', async () => {
    const { client, policyStoreId } = withoutSchema;
    const statement = '@id("hidden") permit (principal == ?principal, action, resource);';
    const { policyTemplateId } = await client.send(
      new CreatePolicyTemplateCommand({ policyStoreId, statement }),
    );
    const templateLinked = { policyTemplateId, principal: { entityType: 'User', entityId: 'ada' } };
    const { policyId = '' } = await client.send(
      new CreatePolicyCommand({ policyStoreId, definition: { templateLinked } }),
    );
    const { catalog, handler } = setUp(withoutSchema);
    handler.disturb(({ operation }) => (operation === 'GetPolicyTemplate' ? serverError : undefined));
    expect(await catalog.describe([policyId])).toEqual([{ id: policyId, description: null }]);
  });

  it('reads what is asked within a tick in one call, each policy once a minute', async () => {
    const { catalog, clock, handler } = setUp(withSchema);
    const ids = Object.keys(POLICIES).map(withSchema.idOf);
    await Promise.all(Array.from({ length: 100 }, () => catalog.describe(ids)));
    await catalog.describe(ids);
    expect(handler.count('BatchGetPolicy')).toBe(1);
    clock.advance(60_000);
    await catalog.describe(ids);
    await expect.poll(() => handler.count('BatchGetPolicy')).toBe(2);
  });

  it('forgets the policies that were least asked for', async () => {
    const { catalog, handler } = setUp(withSchema, { maxRemembered: 2 });
    for (const name of ['annotated', 'described', 'annotated', 'bare', 'annotated', 'described'] as const) {
      await catalog.describe([withSchema.idOf(name)]);
    }
    const read = handler.calls.map(({ input }) => (input['requests'] as { policyId: string }[])[0]?.policyId);
    expect(read.map((id) => withSchema.nameOf(id ?? ''))).toEqual([
      'annotated',
      'described',
      'bare',
      'described',
    ]);
  });

  it('gives a policy that is gone its bare id', async () => {
    const { catalog } = setUp(withSchema);
    expect(await catalog.describe(['gone'])).toEqual([{ id: 'gone', description: null }]);
  });

  it('goes by bare ids while nothing can be read, and keeps what was read before', async () => {
    const { catalog, clock, handler } = setUp(withSchema);
    const [annotated, described] = [withSchema.idOf('annotated'), withSchema.idOf('described')];
    await catalog.describe([annotated]);
    handler.disturb(() => serverError);
    clock.advance(60_000);
    expect(await catalog.describe([annotated, described])).toEqual([
      { id: 'reading', description: 'Everybody "reads".' },
      { id: described, description: null },
    ]);
  });
});
