import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createCedarEngine } from '../../../../src/services/cedar/engine.js';
import { compilePolicySet, type AuthorizationRequest } from '../../../../src/services/cedar/policy-set.js';
import { CedarPolicyError, type PolicySource } from '../../../../src/services/cedar/policy-statement.js';
import { parseTemplate } from '../../../../src/services/cedar/policy-template.js';
import { parseSchema, type CedarSchema } from '../../../../src/services/cedar/schema.js';
import type { EntityUid } from '../../../../src/services/cedar/values.js';
import {
  entities,
  plainAnswer,
  type ListedRequest,
  policies,
  question,
  SCHEMA,
} from '../../../support/cedar-questions.js';

const engine = createCedarEngine();
function compiledAnswer(
  policies: readonly PolicySource[],
  request: AuthorizationRequest,
  schema?: CedarSchema,
) {
  const set = compilePolicySet({ id: 'compiled', policies, ...(schema && { schema }) }, engine);
  const { effect, determiningPolicies, errors } = set.decide(request);
  return {
    effect,
    policies: [...determiningPolicies].sort(),
    errors: errors.map(({ policyId, message }) => policyId ?? message).sort(),
  };
}

const request = fc.tuple(question, entities).map(([asked, known]) => ({ ...asked, entities: known }));

const uid = (type: string, id = 'x'): EntityUid => ({ type, id });
const simple = { principal: uid('U'), action: uid('Action'), resource: uid('R') };

describe('compilePolicySet', () => {
  it('answers like isAuthorized with a schema', () => {
    const schema = parseSchema(SCHEMA, engine);
    fc.assert(
      fc.property(policies, request, (sources, asked) => {
        expect(compiledAnswer(sources, asked, schema)).toEqual(plainAnswer(engine, sources, asked, schema));
      }),
      { numRuns: 200 },
    );
  });

  it('takes and refuses the contexts, types and enumerated ids that isAuthorized does', () => {
    const schema = parseSchema(
      `entity U; entity Color enum ["red", "green"]; entity R;
       action view appliesTo { principal: [U, Color], resource: [R, Color], context: {
         a: Bool, n?: Long, s?: Set<String>, u?: U, r?: { x: Long, y?: Color }, ip?: __cedar::ipaddr } };
       action edit appliesTo { principal: U, resource: R };`,
      engine,
    );
    const ref = fc.constantFrom(
      { __entity: { type: 'U', id: '1' } },
      { __entity: { type: 'Color', id: 'red' } },
      { __entity: { type: 'Color', id: 'blue' } },
      { type: 'U', id: '1' },
      { __extn: { fn: 'ip', arg: '1.2.3.4' } },
      '1.2.3.4',
      'no address',
    );
    const plainValue = fc.oneof(fc.boolean(), fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', ''), ref);
    const record = fc.record({ x: plainValue, y: plainValue, z: plainValue }, { requiredKeys: ['x'] });
    const value = fc.oneof(plainValue, fc.array(plainValue, { maxLength: 2 }), record);
    const context = fc
      .record(
        { a: value, n: value, s: value, u: value, r: value, ip: value, other: value },
        { requiredKeys: [] },
      )
      .chain((wild) =>
        // Most of what is made up at random is refused for more than one reason.
        fc.constantFrom<object>(
          wild,
          { a: true, ...wild },
          { a: true, n: 'x' },
          { a: 1 },
          { a: true, n: 1 },
          { a: true, s: ['x'] },
          { n: 1 },
          {},
        ),
      );
    const colors = [uid('Color', 'red'), uid('Color', 'blue')];
    const mostly = (type: string, other: string) =>
      fc.constantFrom(uid(type), uid(type), uid(type), uid(other), ...colors);
    const asked = fc.record({
      principal: mostly('U', 'R'),
      action: fc.constantFrom(uid('Action', 'view'), uid('Action', 'edit')),
      resource: mostly('R', 'U'),
      context,
      entities: fc.constant([]),
    });
    const sources = [{ id: 'p', statement: 'permit (principal, action, resource);' }];
    const seen = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(asked, (made) => {
        const asking = { ...made, validateRequest: true } as ListedRequest;
        const answer = compiledAnswer(sources, asking, schema);
        const isRefused = answer.errors.length > 0;
        if (isRefused) expect(() => plainAnswer(engine, sources, asking, schema)).toThrow();
        else expect(answer).toEqual(plainAnswer(engine, sources, asking, schema));
        expect(answer.effect).toBe(isRefused ? 'DENY' : 'ALLOW');
        seen[isRefused ? 'refused' : 'taken'] += 1;
      }),
      { numRuns: 500 },
    );
    expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(3);
  });

  it('answers like isAuthorized without a schema', () => {
    fc.assert(
      fc.property(policies, request, (sources, asked) => {
        expect(compiledAnswer(sources, asked)).toEqual(plainAnswer(engine, sources, asked));
      }),
      { numRuns: 100 },
    );
  });

  it('answers from 5,000 policies what isAuthorized answers', () => {
    const sources = Array.from({ length: 5_000 }, (_, index): PolicySource => {
      const effect = index % 10 === 0 ? 'forbid' : 'permit';
      const statement = `${effect} (principal in G::"${index % 100}", action == Action::"${index % 7}", resource == R::"${index % 50}");`;
      return { id: `p${index}`, statement };
    });
    const set = compilePolicySet({ id: 'many', policies: sources }, engine);
    for (const group of [3, 10, 57]) {
      const asked: ListedRequest = {
        principal: uid('U'),
        action: uid('Action', String(group % 7)),
        resource: uid('R', String(group % 50)),
        entities: [{ uid: uid('U'), attrs: {}, parents: [uid('G', String(group))] }],
      };
      const answer = set.decide(asked);
      const plain = plainAnswer(engine, sources, asked);
      expect(plain.policies.length).toBeGreaterThan(0);
      expect(answer.effect).toBe(plain.effect);
      expect([...answer.determiningPolicies].sort()).toEqual(plain.policies);
    }
  });

  it('keeps sets of one id apart', () => {
    const permit = { id: 'p', statement: 'permit (principal, action, resource);' };
    const forbid = { id: 'p', statement: 'forbid (principal, action, resource);' };
    const [one, other] = [permit, forbid].map((source) =>
      compilePolicySet({ id: 'same', policies: [source] }, engine),
    );
    for (let round = 0; round < 3; round += 1) {
      expect(one?.decide(simple).effect).toBe('ALLOW');
      expect(other?.decide(simple).effect).toBe('DENY');
    }
  });

  it('takes the last of several policies with one id, and any id', () => {
    const statement = 'permit (principal, action, resource);';
    const named = (id: string) => ({ id, statement });
    const sources = [
      { id: 'p', statement: statement.replace('permit', 'forbid') },
      named('p'),
      named('__proto__'),
      named('7'),
    ];
    const { effect, determiningPolicies } = compilePolicySet({ id: 's', policies: sources }, engine).decide(
      simple,
    );
    expect({ effect, determiningPolicies }).toEqual({
      effect: 'ALLOW',
      determiningPolicies: ['p', '__proto__', '7'],
    });
  });

  it('answers from 5,000 links of a template as from 5,000 policies', () => {
    const statement =
      'permit (principal == ?principal, action, resource == ?resource) unless { context has no };';
    const template = parseTemplate({ id: 't', statement }, engine);
    const links = Array.from({ length: 5_000 }, (_, index) => ({
      id: `p${index}`,
      template,
      values: { principal: uid('U', `u${index % 50}`), resource: uid('R', `r${index % 1_000}`) },
    }));
    const set = compilePolicySet({ id: 's', policies: links }, engine);
    const ask = (principal: EntityUid, resource: EntityUid) =>
      set.decide({ principal, action: simple.action, resource }).determiningPolicies;
    expect(ask(uid('U', 'u7'), uid('R', 'r57'))).toEqual(['p57', 'p1057', 'p2057', 'p3057', 'p4057']);
    expect(ask(uid('U', 'u7'), uid('R', 'r58'))).toEqual([]);
  });

  it('names every link that does not fit its template', () => {
    const statement = 'permit (principal == ?principal, action, resource);';
    const template = parseTemplate({ id: 't', statement }, engine);
    const policies = [
      { id: 'fits', template, values: { principal: uid('U') } },
      { id: 'empty', template, values: {} },
      { id: 'torn', statement: 'permit (principal, action' },
    ];
    expect(() => compilePolicySet({ id: 's', policies }, engine)).toThrow(
      /^empty: the slot \?principal has no value\ntorn: /,
    );
  });

  it('names every policy that it cannot take', () => {
    const sources = [
      { id: 'fine', statement: 'permit (principal, action, resource);' },
      { id: 'torn', statement: 'permit (principal, action' },
      { id: 'template', statement: 'permit (principal == ?principal, action, resource);' },
      { id: 'deep', statement: `permit (principal, action, resource) when { ${'('.repeat(500)}true };` },
    ];
    const compile = () => compilePolicySet({ id: 's', policies: sources }, engine);
    expect(compile).toThrow(CedarPolicyError);
    expect(compile).toThrow(
      /torn: [\s\S]*template: this is a policy template[\s\S]*deep: the policy is nested/,
    );
  });

  it.each<[string, Partial<Record<keyof AuthorizationRequest, unknown>>]>([
    [
      'a context nested 500 deep',
      { context: { a: JSON.parse('['.repeat(500) + ']'.repeat(500)) as unknown } },
    ],
    [
      'a context nested 100,000 deep',
      { context: { a: JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown } },
    ],
    ['a context that is no record', { context: [1] }],
    ['a context with half a surrogate pair', { context: { a: '\ud800' } }],
    ['an attribute that is null', { entities: [{ uid: uid('U'), attrs: { a: null }, parents: [] }] }],
    ['an entity without parents', { entities: [{ uid: uid('U'), attrs: {} }] }],
    ['an entity with a wrong type', { entities: [{ uid: uid('no type'), attrs: {}, parents: [] }] }],
    ['entities that are no list', { entities: {} }],
    ['a circle of parents', { entities: [{ uid: uid('U'), attrs: {}, parents: [uid('U')] }] }],
    ['a principal with an impossible type', { principal: uid('U; x') }],
    ['a principal without an id', { principal: { type: 'U' } }],
    ['an action that is none', { action: uid('U') }],
    [
      'an endless line of ancestors',
      {
        entities: Array.from({ length: 5_000 }, (_, index) => ({
          uid: uid('U', index === 0 ? 'x' : `${index}`),
          attrs: {},
          parents: [uid('U', `${index + 1}`)],
        })),
      },
    ],
  ])('refuses %s without troubling the engine', (_what, fault) => {
    const own = createCedarEngine();
    const set = compilePolicySet(
      { id: 's', policies: [{ id: 'p', statement: 'permit (principal, action, resource);' }] },
      own,
    );
    const refused = set.decide({ ...simple, ...fault } as AuthorizationRequest);
    expect(refused).toMatchObject({ effect: 'DENY', determiningPolicies: [], errors: [{}] });
    expect(refused.errors[0]).not.toHaveProperty('policyId');
    expect(set.decide(simple).effect).toBe('ALLOW');
    expect(own.module.generation).toBe(1);
  });

  it('ignores action entities: actions come from the schema', () => {
    const schema = parseSchema(SCHEMA, engine);
    const source = { id: 'p', statement: 'permit (principal, action in N::Action::"reads", resource);' };
    const set = compilePolicySet({ id: 's', policies: [source], schema }, engine);
    const ask = (id: string) =>
      set.decide({
        principal: uid('N::U'),
        action: uid('N::Action', id),
        resource: uid('N::R'),
        entities: [{ uid: uid('N::Action', 'edit'), attrs: {}, parents: [uid('N::Action', 'reads')] }],
      });
    expect(ask('view')).toEqual({ effect: 'ALLOW', determiningPolicies: ['p'], errors: [] });
    expect(ask('edit')).toEqual({ effect: 'DENY', determiningPolicies: [], errors: [] });
  });

  it('refuses what the schema does not know, unless told not to look', () => {
    const schema = parseSchema(SCHEMA, engine);
    const set = compilePolicySet({ id: 's', policies: [], schema }, engine);
    const asked = { principal: uid('N::U'), action: uid('N::Action', 'fly'), resource: uid('N::R') };
    expect(set.decide(asked).errors).toHaveLength(1);
    expect(
      set.decide({ ...asked, action: uid('N::Action', 'view'), context: { zz: 1 } }).errors,
    ).toHaveLength(1);
    const misapplied = { ...asked, action: uid('N::Action', 'view'), resource: uid('N::G') };
    expect(set.decide(misapplied).errors).toHaveLength(1);
    expect(set.decide({ ...misapplied, validateRequest: false }).errors).toEqual([]);
  });
});
