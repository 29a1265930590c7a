import {
  BatchGetPolicyCommand,
  BatchIsAuthorizedCommand,
  ConflictException,
  CreatePolicyCommand,
  CreatePolicyTemplateCommand,
  DeletePolicyCommand,
  DeletePolicyTemplateCommand,
  GetPolicyCommand,
  GetPolicyTemplateCommand,
  IsAuthorizedCommand,
  ListPoliciesCommand,
  ListPolicyTemplatesCommand,
  ResourceNotFoundException,
  ServiceQuotaExceededException,
  UpdatePolicyCommand,
  UpdatePolicyTemplateCommand,
  type CreatePolicyTemplateCommandInput,
  type EntityIdentifier,
  type PolicyFilter,
  type UpdatePolicyTemplateCommandInput,
} from '@aws-sdk/client-verifiedpermissions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  fieldsOf,
  openEmbeddedAvp,
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

/** Somebody may view a photo. */
const SHARE =
  '@id("share") permit (principal == ?principal, action == Photos::Action::"view", resource == ?resource);';
/** A group may view everything. */
const CLUB = 'permit (principal in ?principal, action == Photos::Action::"view", resource);';

interface Link {
  readonly principal?: EntityIdentifier;
  readonly resource?: EntityIdentifier;
}

async function addTemplate(
  policyStoreId: string,
  statement: string,
  more: Partial<CreatePolicyTemplateCommandInput> = {},
): Promise<string> {
  const { policyTemplateId = '' } = await avp.client.send(
    new CreatePolicyTemplateCommand({ policyStoreId, statement, ...more }),
  );
  return policyTemplateId;
}

async function addLink(policyStoreId: string, policyTemplateId: string, link: Link): Promise<string> {
  const definition = { templateLinked: { policyTemplateId, ...link } };
  const { policyId = '' } = await avp.client.send(new CreatePolicyCommand({ policyStoreId, definition }));
  return policyId;
}

const update = (
  policyStoreId: string,
  policyTemplateId: string,
  more: Partial<UpdatePolicyTemplateCommandInput>,
) =>
  avp.client.send(
    new UpdatePolicyTemplateCommand({ policyStoreId, policyTemplateId, statement: SHARE, ...more }),
  );

async function views(policyStoreId: string, principal: EntityIdentifier, resource: EntityIdentifier) {
  const { decision, determiningPolicies } = await avp.client.send(
    new IsAuthorizedCommand({ policyStoreId, principal, action: VIEW, resource }),
  );
  return { decision, by: determiningPolicies?.map(({ policyId }) => policyId) };
}

async function list(policyStoreId: string, filter?: PolicyFilter): Promise<(string | undefined)[]> {
  const { policies = [] } = await avp.client.send(
    new ListPoliciesCommand({ policyStoreId, ...(filter && { filter }) }),
  );
  return policies.map(({ policyId }) => policyId);
}

describe('policy templates', () => {
  it('are made, read, listed, changed and deleted', async () => {
    const policyStoreId = await avp.newStore();
    const policyTemplateId = await addTemplate(policyStoreId, SHARE, {
      description: 'sharing',
      name: 'name/share',
    });
    expect(policyTemplateId).toMatch(/^[A-Za-z0-9]{22}$/);
    const get = (key: string) =>
      avp.client.send(new GetPolicyTemplateCommand({ policyStoreId, policyTemplateId: key }));
    for (const key of [policyTemplateId, 'name/share']) {
      expect(await get(key)).toMatchObject({
        policyStoreId,
        policyTemplateId,
        statement: SHARE,
        description: 'sharing',
        name: 'name/share',
      });
    }
    const other = await addTemplate(policyStoreId, CLUB);
    await expect(addTemplate(policyStoreId, CLUB, { name: 'name/share' })).rejects.toBeInstanceOf(
      ConflictException,
    );
    await expect(
      update(policyStoreId, other, { statement: CLUB, name: 'name/share' }),
    ).rejects.toBeInstanceOf(ConflictException);
    const { policyTemplates = [] } = await avp.client.send(new ListPolicyTemplatesCommand({ policyStoreId }));
    expect(policyTemplates.map((item) => item.policyTemplateId).sort()).toEqual(
      [policyTemplateId, other].sort(),
    );
    expect(policyTemplates).toContainEqual(
      expect.objectContaining({ name: 'name/share', description: 'sharing' }),
    );

    const narrowed = SHARE.replace(');', ') when { false };');
    await update(policyStoreId, 'name/share', { statement: narrowed, name: '' });
    const changed = await get(policyTemplateId);
    expect(changed).toMatchObject({ statement: narrowed, description: 'sharing' });
    expect(changed.name).toBeUndefined();

    const remove = () =>
      avp.client.send(new DeletePolicyTemplateCommand({ policyStoreId, policyTemplateId }));
    await remove();
    for (const call of [remove, () => get(policyTemplateId)]) {
      const error: unknown = await call().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ResourceNotFoundException);
      expect(error).toMatchObject({ resourceId: policyTemplateId, resourceType: 'POLICY_TEMPLATE' });
    }
  });

  it('are listed in pages', async () => {
    const policyStoreId = await avp.newStore();
    const made = [];
    for (let index = 0; index < 3; index += 1) made.push(await addTemplate(policyStoreId, SHARE));
    const page = (nextToken?: string) =>
      avp.client.send(new ListPolicyTemplatesCommand({ policyStoreId, maxResults: 2, nextToken }));
    const first = await page();
    const second = await page(first.nextToken);
    expect(second.nextToken).toBeUndefined();
    const listed = [...(first.policyTemplates ?? []), ...(second.policyTemplates ?? [])];
    expect(listed.map(({ policyTemplateId }) => policyTemplateId)).toEqual(made.sort());
  });

  it('are made once for one client token', async () => {
    const policyStoreId = await avp.newStore();
    const create = (statement: string) => addTemplate(policyStoreId, statement, { clientToken: 'once' });
    expect(await create(SHARE)).toBe(await create(SHARE));
    await expect(create(CLUB)).rejects.toBeInstanceOf(ConflictException);
  });

  it('are 40 at most', async () => {
    const policyStoreId = await avp.newStore();
    for (let index = 0; index < 40; index += 1) await addTemplate(policyStoreId, SHARE);
    const error: unknown = await addTemplate(policyStoreId, SHARE).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ServiceQuotaExceededException);
    expect(error).toMatchObject({ resourceType: 'POLICY_TEMPLATE' });
  });

  it.each([
    ['does not parse', 'permit (principal == ?principal, action'],
    ['has no slots', OWNERS],
    ['has a slot in a condition', SHARE.replace(');', ') when { resource.owner == ?principal };')],
    ['does not validate', SHARE.replace(');', ') when { resource.nothing };')],
    ['speaks of unknown types', CLUB.replace('resource', 'resource is Photos::Film')],
    ['is too large', `${SHARE} // ${'x'.repeat(10_000)}`],
    ['is nested too deeply', SHARE.replace(');', `) when { ${'('.repeat(900)}true${')'.repeat(900)} };`)],
    ['holds NUL', `${SHARE} // \0`],
  ])('are refused when the statement %s', async (_why, statement) => {
    const policyStoreId = await avp.newStore();
    expect(new Set(await fieldsOf(addTemplate(policyStoreId, statement)))).toEqual(new Set(['statement']));
    const policyTemplateId = await addTemplate(policyStoreId, SHARE);
    const updated = update(policyStoreId, policyTemplateId, { statement });
    expect(new Set(await fieldsOf(updated))).toEqual(new Set(['statement']));
  });

  it.each([
    ['effect', SHARE.replace('permit', 'forbid')],
    ['principal', SHARE.replace('principal ==', 'principal in')],
    ['principal, which loses its slot', SHARE.replace('principal == ?principal', 'principal')],
    ['resource', SHARE.replace('resource ==', 'resource is Photos::Photo in')],
  ])('keep their %s', async (_part, statement) => {
    const policyStoreId = await avp.newStore('OFF');
    const policyTemplateId = await addTemplate(policyStoreId, SHARE);
    expect(await fieldsOf(update(policyStoreId, policyTemplateId, { statement }))).toEqual(['statement']);
  });
});

describe('policies that are linked to a template', () => {
  it('decide in their own name, as the template says at the moment', async () => {
    const policyStoreId = await avp.newStore();
    const share = await addTemplate(policyStoreId, SHARE);
    const club = await addTemplate(policyStoreId, CLUB);
    const ada = await addLink(policyStoreId, share, { principal: user('ada'), resource: photo('p') });
    const bob = await addLink(policyStoreId, share, { principal: user('bob'), resource: photo('p') });
    const members = await addLink(policyStoreId, club, {
      principal: { entityType: 'Photos::Group', entityId: 'members' },
    });
    expect(await views(policyStoreId, user('ada'), photo('p'))).toEqual({ decision: 'ALLOW', by: [ada] });
    expect(await views(policyStoreId, user('ada'), photo('q'))).toEqual({ decision: 'DENY', by: [] });
    const entityList = [
      {
        identifier: user('ada'),
        parents: [{ entityType: 'Photos::Group', entityId: 'members' }],
      },
    ];
    const asMember = await avp.ask(policyStoreId, { resource: photo('q'), entities: { entityList } });
    expect(asMember.determiningPolicies).toEqual([{ policyId: members }]);

    await update(policyStoreId, share, { statement: SHARE.replace(');', ') when { principal has level };') });
    expect((await views(policyStoreId, user('ada'), photo('p'))).decision).toBe('DENY');
    expect((await views(policyStoreId, user('bob'), photo('p'))).decision).toBe('DENY');
    await update(policyStoreId, share, { statement: SHARE });
    await avp.client.send(new DeletePolicyCommand({ policyStoreId, policyId: ada }));
    expect((await views(policyStoreId, user('ada'), photo('p'))).decision).toBe('DENY');
    expect(await views(policyStoreId, user('bob'), photo('p'))).toEqual({ decision: 'ALLOW', by: [bob] });
    await avp.client.send(new DeletePolicyTemplateCommand({ policyStoreId, policyTemplateId: share }));
    expect((await views(policyStoreId, user('bob'), photo('p'))).decision).toBe('DENY');
    expect(await list(policyStoreId)).toEqual([members]);
  });

  it('are read with their template, and what fills its slots', async () => {
    const policyStoreId = await avp.newStore();
    await addTemplate(policyStoreId, SHARE, { name: 'name/share' });
    const link = { principal: user('ada'), resource: photo('p') };
    const definition = { templateLinked: { policyTemplateId: 'name/share', ...link } };
    const create = () =>
      avp.client.send(new CreatePolicyCommand({ policyStoreId, definition, clientToken: 'once' }));
    const made = await create();
    expect(await create()).toMatchObject({ policyId: made.policyId });
    const policyId = made.policyId ?? '';
    const { policyTemplateId } = await avp.client.send(
      new GetPolicyTemplateCommand({ policyStoreId, policyTemplateId: 'name/share' }),
    );
    const summary = { policyId, policyType: 'TEMPLATE_LINKED', effect: 'Permit', actions: [VIEW], ...link };
    const whole = { definition: { templateLinked: { policyTemplateId, ...link } } };
    expect(made).toMatchObject(summary);
    const read = await avp.client.send(new GetPolicyCommand({ policyStoreId, policyId }));
    expect(read).toMatchObject({ ...summary, ...whole });
    const batch = new BatchGetPolicyCommand({ requests: [{ policyStoreId, policyId }] });
    expect((await avp.client.send(batch)).results).toEqual([
      expect.objectContaining({ policyId, policyType: 'TEMPLATE_LINKED', ...whole }),
    ]);
    const { policies } = await avp.client.send(new ListPoliciesCommand({ policyStoreId }));
    expect(policies).toEqual([expect.objectContaining({ ...summary, ...whole })]);
  });

  it('are listed by type, template, principal and resource', async () => {
    const policyStoreId = await avp.newStore();
    const { policyId: owners = '' } = await avp.addPolicy(policyStoreId, OWNERS);
    const share = await addTemplate(policyStoreId, SHARE, { name: 'name/share' });
    const club = await addTemplate(policyStoreId, CLUB);
    const ada = await addLink(policyStoreId, share, { principal: user('ada'), resource: photo('p') });
    const bob = await addLink(policyStoreId, club, { principal: user('bob') });
    const found = async (filter: PolicyFilter) => (await list(policyStoreId, filter)).sort();
    expect(await found({ policyType: 'STATIC' })).toEqual([owners]);
    expect(await found({ policyType: 'TEMPLATE_LINKED' })).toEqual([ada, bob].sort());
    expect(await found({ policyTemplateId: share })).toEqual([ada]);
    expect(await found({ policyTemplateId: 'name/share' })).toEqual([ada]);
    expect(await found({ policyTemplateId: club, policyType: 'STATIC' })).toEqual([]);
    expect(await found({ policyTemplateId: 'none' })).toEqual([]);
    expect(await found({ principal: { identifier: user('bob') } })).toEqual([bob]);
    expect(await found({ resource: { identifier: photo('p') } })).toEqual([ada]);
    expect(await found({ resource: { unspecified: true }, policyType: 'TEMPLATE_LINKED' })).toEqual([bob]);
  });

  it('may have a name, and are not changed but by their template', async () => {
    const policyStoreId = await avp.newStore();
    const policyTemplateId = await addTemplate(policyStoreId, CLUB);
    const definition = { templateLinked: { policyTemplateId, principal: user('ada') } };
    const { policyId } = await avp.client.send(
      new CreatePolicyCommand({ policyStoreId, definition, name: 'name/ada' }),
    );
    const change = new UpdatePolicyCommand({
      policyStoreId,
      policyId: 'name/ada',
      definition: { static: { statement: OWNERS } },
    });
    expect(await fieldsOf(avp.client.send(change))).toEqual(['policyId']);
    expect(await list(policyStoreId)).toEqual([policyId]);
  });

  it.each<[string, Link]>([
    ['a slot is not filled', { principal: user('ada') }],
    ['nothing is given', {}],
    [
      'a type is unknown',
      { principal: { entityType: 'Photos::Robot', entityId: 'r' }, resource: photo('p') },
    ],
    ['a type is none', { principal: { entityType: 'if', entityId: 'r' }, resource: photo('p') }],
    [
      'a type is more than one',
      {
        principal: { entityType: 'U::"x", action, resource); permit (principal == U', entityId: 'r' },
        resource: photo('p'),
      },
    ],
  ])('are refused when %s', async (_why, link) => {
    const policyStoreId = await avp.newStore();
    const policyTemplateId = await addTemplate(policyStoreId, SHARE);
    expect(new Set(await fieldsOf(addLink(policyStoreId, policyTemplateId, link)))).toEqual(
      new Set(['definition.templateLinked']),
    );
    expect(await list(policyStoreId)).toEqual([]);
  });

  it('are refused without a template, with what it has no slot for, and when static too', async () => {
    const policyStoreId = await avp.newStore();
    await expect(addLink(policyStoreId, 'none', {})).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      resourceId: 'none',
      resourceType: 'POLICY_TEMPLATE',
    });
    const policyTemplateId = await addTemplate(policyStoreId, CLUB);
    const link = { principal: user('ada'), resource: photo('p') };
    expect(await fieldsOf(addLink(policyStoreId, policyTemplateId, link))).toEqual([
      'definition.templateLinked',
    ]);
    const definition = {
      static: { statement: OWNERS },
      templateLinked: { policyTemplateId, principal: user('ada') },
    };
    const both = new CreatePolicyCommand({ policyStoreId, definition: definition as never });
    expect(await fieldsOf(avp.client.send(both))).toEqual(['definition']);
  });

  it.each(['a"b', '\\', 'a\nb\r\n', '\0', '\u202e', '😀', '\u2028', '");'])(
    'keep the id %j through a restart',
    async (id) => {
      const policyStoreId = await avp.newStore();
      const share = await addTemplate(policyStoreId, SHARE);
      const link = { principal: user(id), resource: photo(`${id}${id}`) };
      const policyId = await addLink(policyStoreId, share, link);
      const later = await avp.newClient().send(new GetPolicyCommand({ policyStoreId, policyId }));
      expect(later).toMatchObject({ ...link, definition: { templateLinked: link } });
      expect((await views(policyStoreId, link.principal, link.resource)).by).toEqual([policyId]);
      expect((await views(policyStoreId, user(`${id}x`), link.resource)).decision).toBe('DENY');
    },
  );

  it('change all at once for whoever asks meanwhile', async () => {
    const policyStoreId = await avp.newStore('OFF');
    const policyTemplateId = await addTemplate(
      policyStoreId,
      SHARE.replace('resource == ?resource', 'resource'),
    );
    const names = Array.from({ length: 20 }, (_, index) => `u${index}`);
    for (const name of names) await addLink(policyStoreId, policyTemplateId, { principal: user(name) });
    const reader = avp.newClient();
    const entityList = names.map((name) => ({
      identifier: user(name),
      attributes: { on: { boolean: true } },
    }));
    const ask = async () => {
      const { results = [] } = await reader.send(
        new BatchIsAuthorizedCommand({
          policyStoreId,
          entities: { entityList },
          requests: names.map((name) => ({ principal: user(name), action: VIEW, resource: photo('p') })),
        }),
      );
      return new Set(results.map(({ decision }) => decision)).size;
    };
    const off = SHARE.replace('resource == ?resource);', 'resource) unless { principal.on };');
    const on = SHARE.replace('resource == ?resource);', 'resource) when { principal.on };');
    const seen: number[] = [];
    for (const statement of [off, on, off, on]) {
      const [, ...sizes] = await Promise.all([
        update(policyStoreId, policyTemplateId, { statement }),
        ...Array.from({ length: 5 }, ask),
      ]);
      seen.push(...sizes);
    }
    expect(new Set(seen)).toEqual(new Set([1]));
  });
});
