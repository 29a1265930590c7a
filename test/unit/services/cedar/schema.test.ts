import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { describeAll } from '../../../../src/services/cedar/detailed-errors.js';
import { cedarEngine } from '../../../../src/services/cedar/engine.js';
import { CedarSchemaError, parseSchema } from '../../../../src/services/cedar/schema.js';

const TEXT = `
  type Place = { lat: Long, lon?: Long };
  entity Bot;
  namespace A::B {
    type Notes = Set<String>;
    entity Group;
    entity User in [Group] = { home: Place, notes?: Notes, ip: ipaddr, best: User };
    entity Colour enum ["red", "blue"];
    action all;
    action reads in [all];
    action view in [reads] appliesTo { principal: [User, Bot], resource: [User], context: { n?: Long, at: Place } };
  }
  action "say hello" in [A::B::Action::"all"] appliesTo { principal: [Bot], resource: [A::B::User] };
`;
const view = { type: 'A::B::Action', id: 'view' };
const greet = { type: 'Action', id: 'say hello' };
const place = {
  kind: 'Record',
  attributes: {
    lat: { type: { kind: 'Long' }, required: true },
    lon: { type: { kind: 'Long' }, required: false },
  },
};

/** Each type names the next one twice. */
const doubling = (types: number) =>
  `${Array.from({ length: types }, (_, index) => `type T${index} = { a: T${index + 1}, b: T${index + 1} };`).join('')}
  type T${types} = Long; entity E = { a: T0 };`;

describe('parseSchema', () => {
  const fromText = parseSchema(TEXT);

  describe.each([
    ["Cedar's own syntax", fromText],
    ['JSON', parseSchema(fromText.json)],
  ])('from %s', (_form, schema) => {
    it('knows types and actions by their full names', () => {
      expect([...schema.namespaces].sort()).toEqual(['', 'A::B']);
      expect([...schema.entityTypes].sort()).toEqual(['A::B::Colour', 'A::B::Group', 'A::B::User', 'Bot']);
      expect(schema.hasEntityType('A::B::User')).toBe(true);
      expect(schema.hasEntityType('User')).toBe(false);
      expect(schema.hasEntityType('toString')).toBe(false);
      expect(schema.hasAction(view)).toBe(true);
      expect(schema.hasAction({ type: 'Action', id: 'view' })).toBe(false);
      expect(schema.actions).toContainEqual(greet);
    });

    it('knows what an action applies to', () => {
      expect(schema.appliesTo(view, 'A::B::User', 'A::B::User')).toBe(true);
      expect(schema.appliesTo(view, 'Bot', 'A::B::User')).toBe(true);
      expect(schema.appliesTo(view, 'Bot', 'Bot')).toBe(false);
      expect(schema.appliesTo({ ...view, id: 'all' }, 'Bot', 'A::B::User')).toBe(false);
      expect(schema.appliesTo({ ...view, id: 'none' }, 'Bot', 'A::B::User')).toBe(false);
    });

    it('knows the groups of an action, across namespaces', () => {
      expect([...schema.actionLineage(view)]).toEqual(
        ['view', 'reads', 'all'].map((id) => `A::B::Action::"${id}"`),
      );
      expect([...schema.actionLineage(greet)]).toEqual(['Action::"say hello"', 'A::B::Action::"all"']);
    });

    it('resolves the types of attributes', () => {
      expect(schema.entityAttributes('A::B::User')).toEqual({
        home: { type: place, required: true },
        notes: { type: { kind: 'Set', element: { kind: 'String' } }, required: false },
        ip: { type: { kind: 'Extension', name: 'ipaddr' }, required: true },
        best: { type: { kind: 'Entity', type: 'A::B::User' }, required: true },
      });
      expect(schema.entityAttributes('Bot')).toEqual({});
      expect(schema.entityAttributes('None')).toBeUndefined();
      expect(schema.contextAttributes(view)).toEqual({
        n: { type: { kind: 'Long' }, required: false },
        at: { type: place, required: true },
      });
      expect(schema.contextAttributes(greet)).toEqual({});
      expect(schema.contextAttributes({ ...view, id: 'none' })).toBeUndefined();
    });

    it('checks contexts', () => {
      const check = (context: unknown, action = view) => schema.checkContext(action, context);
      expect(check({ at: { lat: 1 } })).toEqual({ ok: true });
      for (const wrong of [
        {},
        { at: { lat: 'x' } },
        { at: { lat: 1 }, more: 1 },
        { at: null },
        [],
        null,
        'x',
        1.5,
      ]) {
        expect(check(wrong)).toMatchObject({ ok: false });
      }
      const deep = JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown;
      expect(check({ at: deep })).toMatchObject({
        ok: false,
        message: expect.stringContaining('nested') as string,
      });
      expect(check({}, { ...view, id: 'none' })).toMatchObject({ ok: false });
    });
  });

  it('checks the contexts of actions that only named entities may do, or nobody', () => {
    const schema = parseSchema(`
      entity Colour enum ["red"];
      action paint appliesTo { principal: [Colour], resource: [Colour], context: { coats: Long } };
      action idle;
    `);
    const check = (id: string, context: unknown) => schema.checkContext({ type: 'Action', id }, context);
    expect(check('paint', { coats: 2 })).toEqual({ ok: true });
    expect(check('paint', { coats: true })).toMatchObject({ ok: false });
    expect(check('paint', {})).toMatchObject({ ok: false });
    expect(check('idle', {})).toEqual({ ok: true });
    expect(check('idle', { coats: 2 })).toMatchObject({ ok: false });
  });

  it('says of any context what Cedar says of it alone', () => {
    const schema = parseSchema(`
      entity Person;
      entity Colour enum ["red"];
      type Facts = { n: Long, some?: { flag: Bool, names?: Set<String> }, who?: Person, from?: ipaddr };
      action ask appliesTo { principal: [Person], resource: [Colour], context: Facts };
      action paint appliesTo { principal: [Colour], resource: [Person], context: Facts };
    `);
    const value = fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.constantFrom('x', '10.0.0.1'),
      fc.constantFrom('Person', 'Colour', 'None').map((type) => ({ __entity: { type, id: 'red' } })),
      fc.constantFrom('10.0.0.1', 'nowhere').map((arg) => ({ __extn: { fn: 'ip', arg } })),
      fc.record({ flag: fc.oneof(fc.boolean(), fc.integer()), names: fc.array(fc.constantFrom('a', 1)) }),
    );
    const context = fc.dictionary(fc.constantFrom('n', 'some', 'who', 'from', 'more'), value);
    fc.assert(
      fc.property(fc.constantFrom('ask', 'paint'), context, (id, facts) => {
        const action = { type: 'Action', id };
        const alone = cedarEngine.module.run((wasm) =>
          wasm.checkParseContext({
            context: facts,
            schema: JSON.parse(schema.json) as never,
            action,
          }),
        );
        expect(schema.checkContext(action, facts)).toEqual(
          alone.type === 'success' ? { ok: true } : { ok: false, message: describeAll(alone.errors) },
        );
      }),
    );
  });

  it('shares what types that build on each other have in common', () => {
    const schema = parseSchema(doubling(8));
    expect(schema.entityAttributes('E')?.['a']?.type.kind).toBe('Record');
  });

  it('refuses types that unfold without end, before Cedar tries', () => {
    expect(() => parseSchema(doubling(40))).toThrow('unfold too far');
    const commonTypes = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => {
        const next = { type: index === 39 ? 'Long' : `T${index + 1}` };
        return [`T${index}`, { type: 'Record', attributes: { a: next, b: next } }];
      }),
    );
    for (const namespace of ['', 'N']) {
      const json = {
        [namespace]: { commonTypes, entityTypes: { E: { shape: { type: 'T0' } } }, actions: {} },
      };
      expect(() => parseSchema(JSON.stringify(json))).toThrow('unfold too far');
    }
  });

  it('refuses types that contain themselves, or stand for each other in a long line', () => {
    expect(() => parseSchema('type A = B; type B = A; entity E = { a: A };')).toThrow(CedarSchemaError);
    const line = Array.from({ length: 5_000 }, (_, index) => `type T${index} = T${index + 1};`).join('');
    expect(() => parseSchema(`${line} type T5000 = Long; entity E = { a: T0 };`)).toThrow(CedarSchemaError);
  });

  it.each([
    ['text that is no schema', 'entity User; é entity', 13],
    ['a type that nobody declared', 'entity User in [Nothing];', 16],
  ])('says where there is %s', (_what, text, offset) => {
    const parse = () => parseSchema(text);
    expect(parse).toThrow(CedarSchemaError);
    expect(parse).toThrow(expect.objectContaining({ offset }) as Error);
  });

  it.each([
    ['JSON that is none', '{ "A": '],
    ['JSON that is no schema', '{"A":5}'],
    ['JSON nested too deeply', `{"A":${'['.repeat(50_000)}${']'.repeat(50_000)}}`],
    ['text nested too deeply', `type A = ${'Set<'.repeat(500)}Long${'>'.repeat(500)};`],
    ['half a surrogate pair', 'entity User; // \ud800'],
  ])('refuses %s', (_what, text) => {
    expect(() => parseSchema(text)).toThrow(CedarSchemaError);
  });
});
