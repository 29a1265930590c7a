import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createCedarEngine, type CedarEngine } from '../../../../src/services/cedar/engine.js';
import { KnownEntities } from '../../../../src/services/cedar/known-entities.js';
import { compilePolicySet, type AuthorizationRequest } from '../../../../src/services/cedar/policy-set.js';
import { parseSchema } from '../../../../src/services/cedar/schema.js';
import type { CedarEntity, CedarRecord } from '../../../../src/services/cedar/values.js';
import { entities, plainAnswer, policies, question, SCHEMA } from '../../../support/cedar-questions.js';

const PEOPLE = 20;
const user = (id: string) => ({ type: 'User', id });
const person = (id: string, attrs: CedarRecord = { active: true }): CedarEntity => ({
  uid: user(id),
  attrs,
  parents: [],
});
const people = Array.from({ length: PEOPLE }, (_, index) => person(`person-${index}`));
const asked = (id: string): AuthorizationRequest => ({
  principal: user('viewer'),
  action: { type: 'Action', id: 'view' },
  resource: user(id),
});

interface Page {
  readonly statement: string;
  /** What is known; the people on the page need not be. */
  readonly known: readonly CedarEntity[];
  readonly asked?: readonly CedarEntity[];
  readonly question?: Partial<AuthorizationRequest>;
}

/** Asks about each person on a page: about whom it is allowed, and how often the engine had to be asked. */
function decidePage({ statement, known: entities, asked: page = people, question = {} }: Page) {
  const engine = createCedarEngine();
  const set = compilePolicySet({ id: 'set', policies: [{ id: 'p', statement }] }, engine);
  const known = KnownEntities.of([person('viewer'), ...entities]);
  const calls = countCalls(engine);
  const allowed = page
    .map(({ uid: { id } }) => id)
    .filter((id) => set.decide({ ...asked(id), ...question, entities: known }).effect === 'ALLOW');
  return { allowed, calls: calls() };
}

function countCalls({ module }: CedarEngine): () => number {
  let calls = 0;
  module.run((wasm) => {
    const { statefulIsAuthorized } = wasm;
    Reflect.set(wasm, 'statefulIsAuthorized', (call: Parameters<typeof statefulIsAuthorized>[0]) => {
      calls += 1;
      return statefulIsAuthorized(call);
    });
  });
  return () => calls;
}

describe('decisions over the same entities', () => {
  it.each([true, false])('are what each would be by itself, with a schema: %s', (hasSchema) => {
    const engine = createCedarEngine();
    const schema = hasSchema ? parseSchema(SCHEMA, engine) : undefined;
    const questions = fc.array(question, { minLength: 8, maxLength: 16 });
    fc.assert(
      fc.property(policies, entities, questions, fc.boolean(), (sources, known, page, isReadyFirst) => {
        const set = compilePolicySet({ id: 'set', policies: sources, ...(schema && { schema }) }, engine);
        const shared = KnownEntities.of(known);
        const askFor = (one: (typeof page)[number]) => set.prepare({ ...one, entities: shared });
        const ready = isReadyFirst ? page.map(askFor) : [];
        for (const [index, one] of page.entries()) {
          const { effect, determiningPolicies, errors } = (ready[index] ?? askFor(one))();
          expect({
            effect,
            policies: [...determiningPolicies].sort(),
            errors: errors.map(({ policyId }) => policyId).sort(),
          }).toEqual(plainAnswer(engine, sources, { ...one, entities: known }, schema));
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are asked once for resources that differ in their ids alone', () => {
    const page = [...people, person('idle', { active: false })];
    const { allowed, calls } = decidePage({
      statement: 'permit (principal, action, resource) when { resource.active };',
      known: page,
      asked: page,
    });
    expect(allowed).toEqual(people.map(({ uid }) => uid.id));
    expect(calls).toBe(2);
  });

  describe.each([
    ['of whom something is known', people],
    ['of whom nothing is known', []],
  ])('about people %s', (_what, known) => {
    it('tell whom a condition names from the others', () => {
      const statement =
        'permit (principal, action, resource) when { [User::"person-3", User::"person-5"].contains(resource) };';
      expect(decidePage({ statement, known })).toEqual({ allowed: ['person-3', 'person-5'], calls: 3 });
    });

    it('tell whom a scope names from the others', () => {
      const statement = 'permit (principal, action, resource == User::"person-7");';
      expect(decidePage({ statement, known }).allowed).toEqual(['person-7']);
    });

    it('tell the principal from the others', () => {
      const statement = 'permit (principal, action, resource) when { resource == principal };';
      const question = { principal: user('person-4') };
      expect(decidePage({ statement, known, question }).allowed).toEqual(['person-4']);
    });

    it('tell whom the context names from the others', () => {
      const statement = 'permit (principal, action, resource) when { resource == context.target };';
      const question = { context: { target: { __entity: user('person-2') } } };
      expect(decidePage({ statement, known, question }).allowed).toEqual(['person-2']);
    });

    it('tell whom another entity names from the others', () => {
      const statement = 'permit (principal, action, resource) when { resource == principal.friend };';
      const viewer = person('viewer', { active: true, friend: { __entity: user('person-1') } });
      expect(decidePage({ statement, known: [...known, viewer] }).allowed).toEqual(['person-1']);
    });
  });

  it('keep the ids that a schema enumerates apart', () => {
    const engine = createCedarEngine();
    const schema = parseSchema(
      'entity U; entity Level enum ["low", "high"]; action a appliesTo { principal: [U], resource: [Level] };',
      engine,
    );
    const set = compilePolicySet(
      { id: 'set', policies: [{ id: 'p', statement: 'permit (principal, action, resource);' }], schema },
      engine,
    );
    const known = KnownEntities.of([]);
    const ask = (id: string) =>
      set.decide({
        principal: { type: 'U', id: 'u' },
        action: { type: 'Action', id: 'a' },
        resource: { type: 'Level', id },
        entities: known,
      });
    expect(ask('low').effect).toBe('ALLOW');
    expect(ask('middling')).toMatchObject({ effect: 'DENY', errors: [{}] });
  });

  describe('about actions as resources', () => {
    const action = (id: string) => ({ type: 'Action', id });
    const groups =
      'entity U; action g, h; action a in [g]; action b in [h] appliesTo { principal: [U], resource: [U] };';

    it.each<[string, string | undefined, readonly [string, string]]>([
      ['resource == action', undefined, ['a', 'b']],
      ['resource == action', undefined, ['b', 'a']],
      ['action in resource', undefined, ['a', 'b']],
      ['resource in Action::"g"', groups, ['a', 'b']],
      ['action in resource', groups, ['g', 'h']],
    ])('%s, with the schema %j, tells each from the others: %j', (condition, schemaText, page) => {
      const engine = createCedarEngine();
      const schema = schemaText === undefined ? undefined : parseSchema(schemaText, engine);
      const policies = [
        { id: 'p', statement: `permit (principal, action, resource) when { ${condition} };` },
      ];
      const set = compilePolicySet({ id: 'set', policies, ...(schema && { schema }) }, engine);
      const known = KnownEntities.of([]);
      const ask = (id: string, entities: KnownEntities | []) =>
        set.decide({
          principal: { type: 'U', id: 'u' },
          action: action('a'),
          resource: action(id),
          validateRequest: false,
          entities,
        }).effect;
      const together = page.map((id) => ask(id, known));
      expect(together).toEqual(page.map((id) => ask(id, [])));
      expect(new Set(together)).toEqual(new Set(['ALLOW', 'DENY']));
    });
  });

  it('quote no other resource in their errors', () => {
    const engine = createCedarEngine();
    const statement = 'permit (principal, action, resource) when { resource.missing };';
    const set = compilePolicySet({ id: 'set', policies: [{ id: 'p', statement }] }, engine);
    const known = KnownEntities.of(people);
    for (const id of ['person-1', 'person-2']) {
      expect(set.decide({ ...asked(id), entities: known }).errors[0]?.message).toContain(`"${id}"`);
    }
  });
});
