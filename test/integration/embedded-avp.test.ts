import {
  BatchGetPolicyCommand,
  BatchIsAuthorizedCommand,
  ConflictException,
  CreatePolicyCommand,
  CreatePolicyStoreCommand,
  DeletePolicyCommand,
  DeletePolicyStoreCommand,
  GetPolicyCommand,
  GetPolicyStoreCommand,
  GetSchemaCommand,
  InvalidStateException,
  IsAuthorizedCommand,
  ListPoliciesCommand,
  ListPolicyStoresCommand,
  paginateListPolicies,
  PutSchemaCommand,
  ResourceNotFoundException,
  UpdatePolicyCommand,
  UpdatePolicyStoreCommand,
  ValidationException,
  type AttributeValue,
  type EntitiesDefinition,
  type IsAuthorizedCommandInput,
  type VerifiedPermissionsClient,
} from '@aws-sdk/client-verifiedpermissions';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { dispatch, inProcessRequestHandler } from '../../src/embedded/aws-json.js';
import { createVerifiedPermissionsEngine } from '../../src/embedded/verified-permissions/index.js';
import { systemClock } from '../../src/services/clock.js';
import type { Database } from '../../src/services/database/database.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { openTestDatabase } from '../support/database.js';
import { verifiedPermissionsClient } from '../support/verified-permissions-client.js';

const SCHEMA = JSON.stringify({
  Photos: {
    entityTypes: {
      Group: {},
      User: {
        memberOfTypes: ['Group'],
        shape: { type: 'Record', attributes: { level: { type: 'Long', required: false } } },
        tags: { type: 'String' },
      },
      Photo: {
        shape: {
          type: 'Record',
          attributes: {
            owner: { type: 'Entity', name: 'User' },
            price: { type: 'Extension', name: 'decimal', required: false },
          },
        },
      },
    },
    actions: {
      read: {},
      view: {
        memberOf: [{ id: 'read' }],
        appliesTo: {
          principalTypes: ['User'],
          resourceTypes: ['Photo'],
          context: {
            type: 'Record',
            attributes: { ip: { type: 'Extension', name: 'ipaddr', required: false } },
          },
        },
      },
    },
  },
});

const OWNERS =
  'permit (principal, action in Photos::Action::"read", resource) when { resource.owner == principal };';
const user = (entityId: string) => ({ entityType: 'Photos::User', entityId });
const photo = (entityId: string) => ({ entityType: 'Photos::Photo', entityId });
const VIEW = { actionType: 'Photos::Action', actionId: 'view' };
const ownedBy = (owner: string, id = 'p'): EntitiesDefinition => ({
  entityList: [{ identifier: photo(id), attributes: { owner: { entityIdentifier: user(owner) } } }],
});

describe('the embedded Verified Permissions, asked by the SDK', () => {
  let database: Database;
  let client: VerifiedPermissionsClient;

  const newEngine = () =>
    createVerifiedPermissionsEngine({
      db: database.db,
      clock: systemClock,
      randomness: systemRandomness,
      logger: pino({ level: 'silent' }),
    });
  const newClient = () => verifiedPermissionsClient(inProcessRequestHandler(newEngine().service));

  beforeAll(async () => {
    database = await openTestDatabase();
    client = newClient();
  });
  afterAll(() => database.close());

  const newStore = async (mode: 'STRICT' | 'OFF' = 'STRICT') => {
    const { policyStoreId } = await client.send(
      new CreatePolicyStoreCommand({ validationSettings: { mode } }),
    );
    if (policyStoreId === undefined) throw new Error('no id');
    if (mode === 'STRICT') {
      await client.send(new PutSchemaCommand({ policyStoreId, definition: { cedarJson: SCHEMA } }));
    }
    return policyStoreId;
  };
  const addPolicy = async (policyStoreId: string, statement: string, more: object = {}) => {
    const definition = { static: { statement } };
    return client.send(new CreatePolicyCommand({ policyStoreId, definition, ...more }));
  };
  const ask = (policyStoreId: string, more: Partial<IsAuthorizedCommandInput> = {}) =>
    client.send(
      new IsAuthorizedCommand({
        policyStoreId,
        principal: user('ada'),
        action: VIEW,
        resource: photo('p'),
        entities: ownedBy('ada'),
        ...more,
      }),
    );
  const fieldsOf = async (call: Promise<unknown>) => {
    const error: unknown = await call.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ValidationException);
    return (error as ValidationException).fieldList?.map(({ path }) => path);
  };

  describe('policy stores', () => {
    it('are made, read, changed, listed and deleted', async () => {
      const policyStoreId = await newStore();
      expect(policyStoreId).toMatch(/^PS[A-Za-z0-9]{20}$/);
      await client.send(
        new UpdatePolicyStoreCommand({
          policyStoreId,
          validationSettings: { mode: 'OFF' },
          deletionProtection: 'ENABLED',
          description: 'photos',
        }),
      );
      const store = await client.send(new GetPolicyStoreCommand({ policyStoreId }));
      expect(store).toMatchObject({
        policyStoreId,
        validationSettings: { mode: 'OFF' },
        deletionProtection: 'ENABLED',
        description: 'photos',
        cedarVersion: 'CEDAR_4',
      });
      expect(store.createdDate).toBeInstanceOf(Date);
      const { policyStores } = await client.send(new ListPolicyStoresCommand({}));
      expect(policyStores?.map((listed) => listed.policyStoreId)).toContain(policyStoreId);
      const remove = () => client.send(new DeletePolicyStoreCommand({ policyStoreId }));
      await expect(remove()).rejects.toBeInstanceOf(InvalidStateException);
      await client.send(
        new UpdatePolicyStoreCommand({
          policyStoreId,
          validationSettings: { mode: 'OFF' },
          deletionProtection: 'DISABLED',
        }),
      );
      await remove();
      await remove();
      const error: unknown = await client
        .send(new GetPolicyStoreCommand({ policyStoreId }))
        .catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(ResourceNotFoundException);
      expect(error).toMatchObject({ resourceId: policyStoreId, resourceType: 'POLICY_STORE' });
    });

    it('are made once for one client token', async () => {
      const create = (description: string) =>
        client.send(
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
      const policyStoreId = await newStore('OFF');
      await expect(client.send(new GetSchemaCommand({ policyStoreId }))).rejects.toMatchObject({
        resourceType: 'SCHEMA',
      });
      const put = (cedarJson: string) =>
        client.send(new PutSchemaCommand({ policyStoreId, definition: { cedarJson } }));
      expect(await put(SCHEMA)).toMatchObject({ namespaces: ['Photos'] });
      expect(await client.send(new GetSchemaCommand({ policyStoreId }))).toMatchObject({
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
      const policyStoreId = await newStore();
      const statement =
        'permit (principal == Photos::User::"ada", action == Photos::Action::"view", resource);';
      const { policyId } = await addPolicy(policyStoreId, statement, { name: 'name/ada' });
      expect(policyId).toMatch(/^[A-Za-z0-9]{22}$/);
      for (const key of [policyId, 'name/ada']) {
        expect(await client.send(new GetPolicyCommand({ policyStoreId, policyId: key }))).toMatchObject({
          policyId,
          policyType: 'STATIC',
          effect: 'Permit',
          principal: user('ada'),
          actions: [VIEW],
          name: 'name/ada',
          definition: { static: { statement } },
        });
      }
      await expect(addPolicy(policyStoreId, statement, { name: 'name/ada' })).rejects.toBeInstanceOf(
        ConflictException,
      );
      const update = (changed: string) =>
        client.send(
          new UpdatePolicyCommand({
            policyStoreId,
            policyId,
            definition: { static: { statement: changed, description: 'no views' } },
          }),
        );
      await update(statement.replace('resource);', 'resource) when { false };'));
      expect((await ask(policyStoreId)).decision).toBe('DENY');
      expect(await fieldsOf(update(statement.replace('permit', 'forbid')))).toEqual([
        'definition.static.statement',
      ]);
      await client.send(new DeletePolicyCommand({ policyStoreId, policyId }));
      await client.send(new DeletePolicyCommand({ policyStoreId, policyId }));
      const batch = await client.send(
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
      const policyStoreId = await newStore();
      const made: (string | undefined)[] = [];
      for (let index = 0; index < 5; index += 1) made.push((await addPolicy(policyStoreId, OWNERS)).policyId);
      const listed: (string | undefined)[] = [];
      for await (const page of paginateListPolicies({ client, pageSize: 2 }, { policyStoreId })) {
        expect(page.policies?.length).toBeLessThanOrEqual(2);
        listed.push(...(page.policies ?? []).map(({ policyId }) => policyId));
      }
      expect(listed.sort()).toEqual(made.sort());
      const list = new ListPoliciesCommand({ policyStoreId, nextToken: 'bm9uc2Vuc2U' });
      expect(await fieldsOf(client.send(list))).toEqual(['nextToken']);
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
      const policyStoreId = await newStore();
      expect(new Set(await fieldsOf(addPolicy(policyStoreId, statement)))).toEqual(
        new Set(['definition.static.statement']),
      );
      await addPolicy(policyStoreId, OWNERS);
      expect((await ask(policyStoreId)).decision).toBe('ALLOW');
    });

    it('need a schema in a STRICT store', async () => {
      const { policyStoreId = '' } = await client.send(
        new CreatePolicyStoreCommand({ validationSettings: { mode: 'STRICT' } }),
      );
      expect(await fieldsOf(addPolicy(policyStoreId, OWNERS))).toEqual(['definition.static.statement']);
    });

    it('outlive the engine', async () => {
      const policyStoreId = await newStore();
      const { policyId } = await addPolicy(policyStoreId, OWNERS);
      const later = await newClient().send(new GetPolicyCommand({ policyStoreId, policyId }));
      expect(later.definition?.static?.statement).toBe(OWNERS);
    });
  });

  describe('decisions', () => {
    it('name the policies that decided', async () => {
      const policyStoreId = await newStore();
      const { policyId } = await addPolicy(policyStoreId, OWNERS);
      expect(await ask(policyStoreId)).toMatchObject({
        decision: 'ALLOW',
        determiningPolicies: [{ policyId }],
        errors: [],
      });
      expect(await ask(policyStoreId, { entities: ownedBy('eve') })).toMatchObject({
        decision: 'DENY',
        determiningPolicies: [],
        errors: [],
      });
    });

    it('tell what failed to evaluate', async () => {
      const policyStoreId = await newStore();
      const { policyId } = await addPolicy(policyStoreId, OWNERS);
      const { decision, errors } = await ask(policyStoreId, { entities: undefined });
      expect(decision).toBe('DENY');
      expect(errors?.[0]?.errorDescription).toContain(policyId);
    });

    it('follow the policies at once, also those that another process writes', async () => {
      const policyStoreId = await newStore();
      const elsewhere = newClient();
      expect((await ask(policyStoreId)).decision).toBe('DENY');
      const definition = { static: { statement: OWNERS } };
      const { policyId } = await elsewhere.send(new CreatePolicyCommand({ policyStoreId, definition }));
      expect((await ask(policyStoreId)).decision).toBe('ALLOW');
      await elsewhere.send(new DeletePolicyCommand({ policyStoreId, policyId }));
      expect((await ask(policyStoreId)).decision).toBe('DENY');
    });

    it('take entities and context in both forms', async () => {
      const policyStoreId = await newStore();
      await addPolicy(
        policyStoreId,
        `permit (principal in Photos::Group::"g", action, resource) when {
          principal has level && principal.level == 3 &&
          principal.hasTag("team") && principal.getTag("team") == "red" &&
          context has ip && context.ip.isLoopback() &&
          resource has price && resource.price.lessThan(decimal("2.0"))
        };`,
      );
      const typed: EntitiesDefinition = {
        entityList: [
          {
            identifier: user('ada'),
            attributes: { level: { long: 3 } },
            parents: [{ entityType: 'Photos::Group', entityId: 'g' }],
            tags: { team: { string: 'red' } },
          },
          {
            identifier: photo('p'),
            attributes: { owner: { entityIdentifier: user('eve') }, price: { decimal: '1.5' } },
          },
        ],
      };
      const json: EntitiesDefinition = {
        cedarJson: JSON.stringify([
          {
            uid: { type: 'Photos::User', id: 'ada' },
            attrs: { level: 3 },
            parents: [{ type: 'Photos::Group', id: 'g' }],
            tags: { team: 'red' },
          },
          {
            uid: { __entity: { type: 'Photos::Photo', id: 'p' } },
            attrs: {
              owner: { type: 'Photos::User', id: 'eve' },
              price: { __extn: { fn: 'decimal', arg: '1.5' } },
            },
            parents: [],
          },
        ]),
      };
      for (const entities of [typed, json]) {
        for (const context of [
          { contextMap: { ip: { ipaddr: '127.0.0.1' } } },
          { cedarJson: '{"ip":{"__extn":{"fn":"ip","arg":"127.0.0.1"}}}' },
        ]) {
          expect(await ask(policyStoreId, { entities, context })).toMatchObject({
            decision: 'ALLOW',
            errors: [],
          });
        }
      }
    });

    it('take every type of value', async () => {
      const policyStoreId = await newStore('OFF');
      await addPolicy(
        policyStoreId,
        `permit (principal, action, resource) when {
          context.long == 5 && context.string == "x" && context.boolean && context.set.contains("q") &&
          context.record.k == 1 && context.entity == Photos::User::"ada" && context.ip == ip("1.2.3.4") &&
          context.decimal == decimal("1.23") && context.datetime == datetime("2024-01-01") &&
          context.duration == duration("1h")
        };`,
      );
      const contextMap: Record<string, AttributeValue> = {
        long: { long: 5 },
        string: { string: 'x' },
        boolean: { boolean: true },
        set: { set: [{ string: 'q' }] },
        record: { record: { k: { long: 1 } } },
        entity: { entityIdentifier: user('ada') },
        ip: { ipaddr: '1.2.3.4' },
        decimal: { decimal: '1.23' },
        datetime: { datetime: '2024-01-01' },
        duration: { duration: '1h' },
      };
      expect(await ask(policyStoreId, { context: { contextMap } })).toMatchObject({
        decision: 'ALLOW',
        errors: [],
      });
    });

    it('use the last of several entities with one identifier', async () => {
      const policyStoreId = await newStore();
      await addPolicy(policyStoreId, OWNERS);
      const both = (...owners: string[]) => ({
        entityList: owners.flatMap((owner) => ownedBy(owner).entityList ?? []),
      });
      expect((await ask(policyStoreId, { entities: both('eve', 'ada') })).decision).toBe('ALLOW');
      expect((await ask(policyStoreId, { entities: both('ada', 'eve') })).decision).toBe('DENY');
    });

    it.each<[string, Partial<IsAuthorizedCommandInput>]>([
      ['an unknown action', { action: { ...VIEW, actionId: 'fly' } }],
      ['an unknown type', { resource: { entityType: 'Photos::Album', entityId: 'p' } }],
      ['a type name that is none', { resource: { entityType: 'no type', entityId: 'p' } }],
      ['a context that the schema refuses', { context: { contextMap: { nothing: { boolean: true } } } }],
      ['an attribute that the schema refuses', { entities: { entityList: [{ identifier: photo('p') }] } }],
      [
        'an action among the entities',
        { entities: { entityList: [{ identifier: { entityType: 'Photos::Action', entityId: 'view' } }] } },
      ],
      ['a context nested 500 deep', { context: { cedarJson: `{"a":${'['.repeat(500)}${']'.repeat(500)}}` } }],
      [
        'a context nested 100,000 deep',
        { context: { cedarJson: `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}` } },
      ],
      ['a context that is no record', { context: { cedarJson: '[1]' } }],
      ['a fraction', { context: { cedarJson: '{"ip":1.5}' } }],
      ['a null', { context: { cedarJson: '{"ip":null}' } }],
      ['an integer that JSON does not carry', { context: { cedarJson: '{"ip":9007199254740993}' } }],
      ['text that is not JSON', { context: { cedarJson: '{' } }],
      ['entities that are not entities', { entities: { cedarJson: '[{"uid":5}]' } }],
      ['no principal', { principal: undefined }],
    ])('fail with ValidationException for %s, and go on', async (_what, more) => {
      const policyStoreId = await newStore();
      await addPolicy(policyStoreId, OWNERS);
      await fieldsOf(ask(policyStoreId, more));
      expect((await ask(policyStoreId)).decision).toBe('ALLOW');
    });

    it('fail with ValidationException for a typed context nested 500 deep', async () => {
      const policyStoreId = await newStore();
      let value: AttributeValue = { long: 1 };
      for (let depth = 0; depth < 500; depth += 1) value = { set: [value] };
      await fieldsOf(ask(policyStoreId, { context: { contextMap: { value } } }));
    });
  });

  describe('batches', () => {
    const batch = (
      policyStoreId: string,
      pairs: readonly (readonly [string, string])[],
      entities = ownedBy('ada'),
    ) =>
      client.send(
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
      const policyStoreId = await newStore();
      const { policyId } = await addPolicy(policyStoreId, OWNERS);
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
      const policyStoreId = await newStore();
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
      const policyStoreId = await newStore();
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
      const policyStoreId = await newStore();
      const requests = ['view', 'fly'].map((actionId) => ({
        principal: user('ada'),
        action: { ...VIEW, actionId },
        resource: photo('p'),
      }));
      const call = client.send(new BatchIsAuthorizedCommand({ policyStoreId, requests }));
      expect(await fieldsOf(call)).toEqual(['requests.1']);
    });

    it('take at most a megabyte', async () => {
      const policyStoreId = await newStore();
      const entities = { cedarJson: JSON.stringify('x'.repeat(1_048_576)) };
      await fieldsOf(batch(policyStoreId, [['ada', 'p']], entities));
    });
  });

  it('answers 400 to whatever is not the input of the operation', async () => {
    const { service } = newEngine();
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
});
