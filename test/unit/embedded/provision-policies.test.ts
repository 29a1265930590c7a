import {
  CreatePolicyCommand,
  CreatePolicyTemplateCommand,
  GetSchemaCommand,
  IsAuthorizedCommand,
  ListPolicyTemplatesCommand,
  paginateListPolicies,
} from '@aws-sdk/client-verifiedpermissions';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { provisionPolicyStore } from '../../../src/embedded/provision-policies.js';
import type { PolicySet } from '../../../src/embedded/provision-policies.js';
import { parseSchema } from '../../../src/services/cedar/schema.js';
import type { Database } from '../../../src/services/database/database.js';
import { openTestDatabase } from '../../support/database.js';
import { cutShortAfter, embeddedClients, forgetProvisioned } from '../../support/embedded-clients.js';
import type { EmbeddedClients } from '../../support/embedded-clients.js';

const logger = pino({ level: 'silent' });

const schemaOf = (groups: string) =>
  parseSchema(`
    entity Person;
    action "reading";
    action "read" in ["reading"] appliesTo { principal: Person, resource: Person };
    action "write" ${groups} appliesTo { principal: Person, resource: Person };
  `);

const policySet = (statements: Readonly<Record<string, string>>, groups = ''): PolicySet => ({
  schema: schemaOf(groups),
  policies: Object.entries(statements).map(([id, body], index) => ({
    id,
    description: `Policy ${id}. ${'Words. '.repeat(30)}`,
    statement: `@id("${id}")\n${body}`,
    annotations: { id },
    file: 'test.cedar',
    line: index + 1,
  })),
});

/** Allows reading alone. */
const READERS = policySet({
  everything: 'permit (principal, action, resource);',
  'no-writing': 'forbid (principal, action == Action::"write", resource);',
});

/** Allows writing alone; has the permit, word for word, of READERS. */
const WRITERS = policySet({
  everything: 'permit (principal, action, resource);',
  'no-reading': 'forbid (principal, action == Action::"read", resource);',
});

/** Allows reading alone, by a permit that would allow writing too under the schema of the next. */
const GROUP_READERS = policySet({ group: 'permit (principal, action in Action::"reading", resource);' });

/** Writing is a kind of reading, and forbidden. */
const GROUPED_WRITING = policySet(
  {
    group: 'permit (principal, action in Action::"reading", resource);',
    'no-writing': 'forbid (principal, action == Action::"write", resource);',
  },
  'in ["reading"]',
);

let database: Database;
let clients: EmbeddedClients;

beforeAll(async () => {
  database = await openTestDatabase();
});

afterAll(() => database.close());

beforeEach(async () => {
  await forgetProvisioned(database);
  clients = embeddedClients(database);
});

const run = (policies: PolicySet) =>
  provisionPolicyStore({ client: clients.verifiedPermissions, policies, logger });
const provision = async (policies: PolicySet) => (await run(policies)).policyStoreId;

async function policyIds(policyStoreId: string): Promise<string[]> {
  const ids: string[] = [];
  const client = clients.verifiedPermissions;
  for await (const page of paginateListPolicies({ client }, { policyStoreId })) {
    ids.push(...(page.policies ?? []).map(({ policyId = '' }) => policyId));
  }
  return ids.sort();
}

async function allowed(policyStoreId: string): Promise<string[]> {
  const person = { entityType: 'Person', entityId: 'someone' };
  const actions = ['read', 'write'];
  const decisions = await Promise.all(
    actions.map((actionId) =>
      clients.verifiedPermissions.send(
        new IsAuthorizedCommand({
          policyStoreId,
          principal: person,
          action: { actionType: 'Action', actionId },
          resource: person,
        }),
      ),
    ),
  );
  return actions.filter((_, index) => decisions[index]?.decision === 'ALLOW');
}

describe('provisionPolicyStore', () => {
  it('deletes templates and what is linked to them', async () => {
    const policyStoreId = await provision(READERS);
    const client = clients.verifiedPermissions;
    const ids = await policyIds(policyStoreId);
    for (const effect of ['permit', 'forbid']) {
      const statement = `${effect} (principal == ?principal, action, resource);`;
      const { policyTemplateId } = await client.send(
        new CreatePolicyTemplateCommand({ policyStoreId, statement }),
      );
      const principal = { entityType: 'Person', entityId: 'someone' };
      const definition = { templateLinked: { policyTemplateId, principal } };
      await client.send(new CreatePolicyCommand({ policyStoreId, definition }));
    }
    expect(await allowed(policyStoreId)).toEqual([]);

    await provision(READERS);
    expect(await allowed(policyStoreId)).toEqual(['read']);
    expect(await policyIds(policyStoreId)).toEqual(ids);
    const { policyTemplates } = await client.send(new ListPolicyTemplatesCommand({ policyStoreId }));
    expect(policyTemplates).toEqual([]);
  });

  it('makes a store that decides as the policies say, and finds it again unchanged', async () => {
    const storeId = await provision(READERS);
    expect(await allowed(storeId)).toEqual(['read']);
    const ids = await policyIds(storeId);

    expect(await provision(READERS)).toBe(storeId);
    expect(await policyIds(storeId)).toEqual(ids);
    expect(clients.verifiedPermissionsCalls.count('CreatePolicyStore')).toBe(1);
    expect(clients.verifiedPermissionsCalls.count('PutSchema')).toBe(1);
    expect(clients.verifiedPermissionsCalls.count('CreatePolicy')).toBe(2);
    expect(clients.verifiedPermissionsCalls.count('DeletePolicy')).toBe(0);
  });

  it('says whether it has changed the store: its policies, its templates or its schema alone', async () => {
    const hasChanged = async (policies: PolicySet) => (await run(policies)).hasChanged;
    expect(await hasChanged(READERS)).toBe(true);
    expect(await hasChanged(READERS)).toBe(false);
    expect(await hasChanged(WRITERS)).toBe(true);
    const { policyStoreId } = await run(WRITERS);
    const statement = 'forbid (principal == ?principal, action, resource);';
    await clients.verifiedPermissions.send(new CreatePolicyTemplateCommand({ policyStoreId, statement }));
    expect(await hasChanged(WRITERS)).toBe(true);
    const none = policySet({});
    expect(await hasChanged(none)).toBe(true);
    expect(await hasChanged({ ...none, schema: GROUPED_WRITING.schema })).toBe(true);
    expect(await hasChanged({ ...none, schema: GROUPED_WRITING.schema })).toBe(false);
  });

  it('follows the files: new policies, changed ones and ones that are gone', async () => {
    const storeId = await provision(READERS);
    const before = await policyIds(storeId);
    expect(await provision(WRITERS)).toBe(storeId);
    const after = await policyIds(storeId);
    expect(await allowed(storeId)).toEqual(['write']);
    expect(after).toHaveLength(2);
    expect(after.filter((id) => before.includes(id))).toHaveLength(1);
  });

  it('deletes what no file has: strangers and duplicates', async () => {
    const storeId = await provision(READERS);
    for (const statement of ['permit (principal, action, resource);', READERS.policies[0]?.statement]) {
      await clients.verifiedPermissions.send(
        new CreatePolicyCommand({ policyStoreId: storeId, definition: { static: { statement } } }),
      );
    }
    expect(await policyIds(storeId)).toHaveLength(4);
    await provision(READERS);
    expect(await policyIds(storeId)).toHaveLength(2);
    expect(await allowed(storeId)).toEqual(['read']);
  });

  it('replaces a schema that changed', async () => {
    const storeId = await provision(GROUP_READERS);
    await provision(GROUPED_WRITING);
    const { schema = '' } = await clients.verifiedPermissions.send(
      new GetSchemaCommand({ policyStoreId: storeId }),
    );
    expect(JSON.parse(schema)).toEqual(JSON.parse(GROUPED_WRITING.schema.json));
    expect(await allowed(storeId)).toEqual(['read']);
  });

  it.each([
    ['one set to another', READERS, ['read'], WRITERS, ['write']],
    ['one schema to another', GROUP_READERS, ['read'], GROUPED_WRITING, ['read']],
    ['one schema back to another', GROUPED_WRITING, ['read'], GROUP_READERS, ['read']],
  ])(
    'is cut short anywhere between %s without opening anything, and ends the work at the next run',
    async (_, from, before, to, after) => {
      let finished = false;
      for (let calls = 0; !finished; calls += 1) {
        await forgetProvisioned(database);
        const storeId = await provision(from);
        expect(await allowed(storeId)).toEqual(before);

        cutShortAfter(clients.verifiedPermissionsCalls, calls);
        finished = await provision(to).then(
          () => true,
          () => false,
        );
        clients.verifiedPermissionsCalls.disturb(() => undefined);
        const halfWay = await allowed(storeId);
        expect([before, after, []]).toContainEqual(halfWay);

        expect(await provision(to)).toBe(storeId);
        expect(await allowed(storeId)).toEqual(after);
        expect(await policyIds(storeId)).toHaveLength(to.policies.length);
      }
    },
  );
});
