import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createCedarEngine } from '../../../../src/services/cedar/engine.js';
import { compilePolicySet } from '../../../../src/services/cedar/policy-set.js';
import { CedarPolicyError, parseStatement } from '../../../../src/services/cedar/policy-statement.js';
import {
  instantiateTemplate,
  parseTemplate,
  type PolicyTemplate,
  type Slot,
} from '../../../../src/services/cedar/policy-template.js';
import type { CedarEntity, EntityUid } from '../../../../src/services/cedar/values.js';

const engine = createCedarEngine();
const parse = (statement: string): PolicyTemplate => parseTemplate({ id: 't', statement }, engine);
const uid = (type: string, id: string): EntityUid => ({ type, id });
const messageOf = (call: () => unknown): string => {
  try {
    call();
  } catch (error) {
    if (error instanceof CedarPolicyError) return error.message;
    throw error;
  }
  return 'nothing was thrown';
};

describe('parseTemplate', () => {
  it.each<[string, Slot[]]>([
    ['permit (principal == ?principal, action, resource);', ['principal']],
    ['permit (principal, action, resource is R in ?resource);', ['resource']],
    ['forbid (principal in ?principal, action, resource == ?resource);', ['principal', 'resource']],
  ])('finds the slots of %s', (statement, slots) => {
    expect(parse(statement).slots).toEqual(slots);
  });

  it.each([
    ['permit (principal, action, resource);', 'expected a template, got a static policy'],
    ['permit (principal == ?resource, action, resource);', 'found ?resource instead of ?principal'],
    ['permit (principal == ?principal, action, resource) when { resource == ?resource };', 'slot'],
    ['permit (principal == ?principal, action, resource', 'unexpected end of input'],
    ['permit (principal == ?principal, action, resource); // \ud800', 'well-formed Unicode'],
    [
      `permit (principal == ?principal, action, resource) when { ${'('.repeat(500)}true };`,
      'nested too deeply',
    ],
  ])('refuses %s', (statement, message) => {
    expect(messageOf(() => parse(statement))).toMatch(/^t: /);
    expect(messageOf(() => parse(statement))).toContain(message);
  });
});

describe('link', () => {
  const both = 'permit (principal == ?principal, action, resource in ?resource);';

  it('keeps annotations, comments and whatever else only looks like a slot', () => {
    const statement = `@id("share") @note("?principal")
      permit (principal is U in // not ?resource
        ?principal, action, resource == ?resource) when { context has "?principal" };`;
    const linked = parse(statement).link('l', {
      principal: uid('G', 'a"b'),
      resource: uid('N::R', '?resource'),
    });
    expect(linked.statement).toBe(
      statement
        .replace('        ?principal', '        G::"a\\"b"')
        .replace('== ?resource', '== N::R::"?resource"'),
    );
    expect(linked.json.annotations).toEqual({ id: 'share', note: '?principal' });
  });

  it('wants exactly the slots that the template has', () => {
    const values = { principal: uid('U', 'a'), resource: uid('R', 'b') };
    const onlyPrincipal = 'permit (principal == ?principal, action, resource);';
    expect(messageOf(() => parse(both).link('l', { principal: values.principal }))).toBe(
      'l: the slot ?resource has no value',
    );
    expect(messageOf(() => parse(both).link('l', {}))).toBe(
      'l: the slot ?principal has no value\nl: the slot ?resource has no value',
    );
    expect(messageOf(() => parse(onlyPrincipal).link('l', values))).toBe(
      'l: the template has no slot ?resource',
    );
    expect(messageOf(() => instantiateTemplate(onlyPrincipal, values, engine))).toMatch(
      /no slot \?resource$/,
    );
  });

  it.each([
    [uid('A B', 'x')],
    [uid('', 'x')],
    [uid('__cedar::A', 'x')],
    [uid('if', 'x')],
    [uid('U, action, resource); permit (principal == U', 'x')],
    [uid('U', '\ud800')],
  ])('refuses %j', (principal) => {
    const resource = uid('R', 'b');
    expect(messageOf(() => parse(both).link('l', { principal, resource }))).toMatch(
      /^l: the (type of the )?value of \?principal /,
    );
  });

  it('gives a statement that parses to what it says, whatever the ids', () => {
    fc.assert(
      fc.property(anyId, anyId, (principal, resource) => {
        const values = { principal: uid('U', principal), resource: uid('N::R', resource) };
        const { statement, json } = parse(both).link('l', values);
        expect(parseStatement({ id: 'l', statement }, engine)).toEqual({ ok: true, json });
        expect(statement).toBe(instantiateTemplate(both, values, engine));
      }),
      { numRuns: 200 },
    );
  });

  it('decides as Cedar decides by a link of its own', () => {
    fc.assert(
      fc.property(situation, ({ statement, ...asked }) => {
        const template = parse(statement);
        const values = Object.fromEntries(template.slots.map((slot) => [slot, asked.values[slot]]));
        const { principal, action, resource, entities } = asked;
        const set = compilePolicySet({ id: 's', policies: [{ id: 'l', template, values }] }, engine);
        const { effect, determiningPolicies } = set.decide({ principal, action, resource, entities });

        const cedar = engine.module.run((wasm) =>
          wasm.isAuthorized({
            principal,
            action,
            resource,
            context: {},
            entities: entities as never,
            policies: {
              templates: { t: statement },
              templateLinks: [
                {
                  templateId: 't',
                  newId: 'l',
                  values: Object.fromEntries(
                    Object.entries(values).map(([slot, value]) => [`?${slot}`, value]),
                  ),
                },
              ],
            },
          }),
        );
        if (cedar.type === 'failure') throw new Error(cedar.errors[0]?.message);
        expect({ effect, determiningPolicies }).toEqual({
          effect: cedar.response.decision === 'allow' ? 'ALLOW' : 'DENY',
          determiningPolicies: cedar.response.diagnostics.reason,
        });
      }),
      { numRuns: 500 },
    );
  });
});

const anyId = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '',
    '"',
    '\\',
    '\\"',
    '\n',
    '\r\n',
    '\0',
    '\u2028',
    '\u202e',
    '😀',
    '");',
    '?principal',
    '*',
  ),
);

/** A link, a question about the entities that it names or others, and what these are in. */
const situation = fc
  .record({
    ids: fc.uniqueArray(anyId, { minLength: 3, maxLength: 3 }),
    principalScope: fc.constantFrom('', '== ?principal', 'in ?principal', 'is U', 'is U in ?principal'),
    resourceScope: fc.constantFrom('== ?resource', 'in ?resource', 'is R in ?resource'),
    effect: fc.constantFrom('permit', 'forbid'),
    condition: fc.constantFrom(
      '',
      ' unless { resource.owner == principal }',
      ' when { principal.name == "?" }',
    ),
    types: fc.array(fc.constantFrom('U', 'R', 'N::G'), { minLength: 2, maxLength: 2 }),
    picks: fc.array(fc.nat(2), { minLength: 4, maxLength: 4 }),
    parents: fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
  })
  .map(({ ids, principalScope, resourceScope, effect, condition, types, picks, parents }) => {
    const [valueOne = 0, valueTwo = 0, askedOne = 0, askedTwo = 0] = picks;
    const at = (type = '', pick: number) => uid(type, ids[pick] ?? '');
    const values = { principal: at(types[0], valueOne), resource: at(types[1], valueTwo) };
    const principal = at('U', askedOne);
    const resource = at('R', askedTwo);
    const entities: CedarEntity[] = [
      {
        uid: principal,
        attrs: { name: '?' },
        parents: parents[0] && values.principal.type === 'N::G' ? [values.principal] : [],
      },
      {
        uid: resource,
        attrs: { owner: { __entity: { ...principal } } },
        parents: parents[1] && values.resource.type === 'N::G' ? [values.resource] : [],
      },
    ];
    const statement = `@id("?resource") ${effect} (principal ${principalScope}, action, resource ${resourceScope})${condition};`;
    return { statement, values, principal, action: uid('Action', 'view'), resource, entities };
  });
