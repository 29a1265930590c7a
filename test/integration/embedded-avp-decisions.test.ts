import {
  CreatePolicyCommand,
  DeletePolicyCommand,
  type AttributeValue,
  type EntitiesDefinition,
  type IsAuthorizedCommandInput,
} from '@aws-sdk/client-verifiedpermissions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

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

describe('decisions', () => {
  it('name the policies that decided', async () => {
    const policyStoreId = await avp.newStore();
    const { policyId } = await avp.addPolicy(policyStoreId, OWNERS);
    expect(await avp.ask(policyStoreId)).toMatchObject({
      decision: 'ALLOW',
      determiningPolicies: [{ policyId }],
      errors: [],
    });
    expect(await avp.ask(policyStoreId, { entities: ownedBy('eve') })).toMatchObject({
      decision: 'DENY',
      determiningPolicies: [],
      errors: [],
    });
  });

  it('tell what failed to evaluate', async () => {
    const policyStoreId = await avp.newStore();
    const { policyId } = await avp.addPolicy(policyStoreId, OWNERS);
    const { decision, errors } = await avp.ask(policyStoreId, { entities: undefined });
    expect(decision).toBe('DENY');
    expect(errors?.[0]?.errorDescription).toContain(policyId);
  });

  it('follow the policies at once, also those that another process writes', async () => {
    const policyStoreId = await avp.newStore();
    const elsewhere = avp.newClient();
    expect((await avp.ask(policyStoreId)).decision).toBe('DENY');
    const definition = { static: { statement: OWNERS } };
    const { policyId } = await elsewhere.send(new CreatePolicyCommand({ policyStoreId, definition }));
    expect((await avp.ask(policyStoreId)).decision).toBe('ALLOW');
    await elsewhere.send(new DeletePolicyCommand({ policyStoreId, policyId }));
    expect((await avp.ask(policyStoreId)).decision).toBe('DENY');
  });

  it('take entities and context in both forms', async () => {
    const policyStoreId = await avp.newStore();
    await avp.addPolicy(
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
        expect(await avp.ask(policyStoreId, { entities, context })).toMatchObject({
          decision: 'ALLOW',
          errors: [],
        });
      }
    }
  });

  it('take every type of value', async () => {
    const policyStoreId = await avp.newStore('OFF');
    await avp.addPolicy(
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
    expect(await avp.ask(policyStoreId, { context: { contextMap } })).toMatchObject({
      decision: 'ALLOW',
      errors: [],
    });
  });

  it('use the last of several entities with one identifier', async () => {
    const policyStoreId = await avp.newStore();
    await avp.addPolicy(policyStoreId, OWNERS);
    const both = (...owners: string[]) => ({
      entityList: owners.flatMap((owner) => ownedBy(owner).entityList ?? []),
    });
    expect((await avp.ask(policyStoreId, { entities: both('eve', 'ada') })).decision).toBe('ALLOW');
    expect((await avp.ask(policyStoreId, { entities: both('ada', 'eve') })).decision).toBe('DENY');
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
    const policyStoreId = await avp.newStore();
    await avp.addPolicy(policyStoreId, OWNERS);
    await fieldsOf(avp.ask(policyStoreId, more));
    expect((await avp.ask(policyStoreId)).decision).toBe('ALLOW');
  });

  it('fail with ValidationException for a typed context nested 500 deep', async () => {
    const policyStoreId = await avp.newStore();
    let value: AttributeValue = { long: 1 };
    for (let depth = 0; depth < 500; depth += 1) value = { set: [value] };
    await fieldsOf(avp.ask(policyStoreId, { context: { contextMap: { value } } }));
  });
});
