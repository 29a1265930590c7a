import { describe, expect, it } from 'vitest';

import type { Ruling } from '../../../../src/services/authorization/authorizer.js';
import type {
  DecisionLoader,
  DecisionLoaderOptions,
} from '../../../../src/services/authorization/decision-loader.js';
import {
  uidText,
  type CedarEntity,
  type CedarValue,
  type EntityUid,
  type Question,
} from '../../../../src/services/authorization/question.js';
import { FakeClock } from '../../../support/fake-clock.js';
import {
  ask,
  engine,
  knowing,
  loaderWith,
  PERMITTED,
  ruling,
  SCHEMA,
} from '../../../support/decision-loader.js';

describe('decide', () => {
  it('says who was asked about, and when and by whom it was decided', async () => {
    expect(await loaderWith({}).decide(ask('box'))).toMatchObject({
      allowed: true,
      effect: 'ALLOW',
      reason: 'PERMITTED',
      principal: { type: 'Person', id: 'ada' },
      action: { type: 'Action', id: 'look' },
      resource: { type: 'Thing', id: 'box' },
      determiningPolicies: ['permit'],
      errors: [],
      source: 'ENGINE',
      evaluatedAt: new Date(0),
    });
  });

  it.each<[string, Ruling, object]>([
    ['permitted', PERMITTED, { allowed: true, effect: 'ALLOW', reason: 'PERMITTED' }],
    ['forbidden', ruling('DENY', 'forbid'), { allowed: false, effect: 'DENY', reason: 'FORBIDDEN' }],
    ['not permitted', ruling('DENY'), { allowed: false, effect: 'DENY', reason: 'NOT_PERMITTED' }],
    ['invalid', { kind: 'invalid', errors: ['No.'] }, { allowed: false, reason: 'INVALID', errors: ['No.'] }],
    ['unavailable', { kind: 'unavailable' }, { allowed: false, effect: 'DENY', reason: 'UNAVAILABLE' }],
  ])('tells what is %s', async (_case, box, expected) => {
    const { authorizer } = engine({ box });
    expect(await loaderWith({ authorizer }).decide(ask('box'))).toMatchObject(expected);
  });

  it('asks what comes within a tick together, and the same question once', async () => {
    const { asked, authorizer } = engine();
    const loader = loaderWith({ authorizer });
    const after = async (steps: number) => {
      for (let step = 0; step < steps; step++) await Promise.resolve();
      return loader.decide(ask(steps));
    };
    await Promise.all([loader.decide(ask('a')), loader.decide(ask('a')), after(1), after(5), after(20)]);
    await loader.decide(ask('a'));
    expect(asked.map((wave) => wave.length)).toEqual([4]);
    expect(loader.stats).toEqual({ checks: 4, waves: 1 });
  });

  it('takes contexts in another order for the same question', async () => {
    const { asked, authorizer } = engine();
    const loader = loaderWith({ authorizer, catalog: { schema: async () => undefined } });
    await Promise.all([
      loader.decide(ask('a', 'look', { x: 1, y: 2 })),
      loader.decide(ask('a', 'look', { y: 2, x: 1 })),
    ]);
    expect(asked.flat()).toHaveLength(1);
  });

  it('asks about a thousand things in one wave', async () => {
    const { asked, authorizer } = engine({ '500': ruling('DENY') });
    const loader = loaderWith({ authorizer });
    const decisions = await Promise.all(
      Array.from({ length: 1000 }, async (_, index) => loader.decide(ask(index))),
    );
    expect(asked.map((wave) => wave.length)).toEqual([1000]);
    expect(decisions.filter(({ allowed }) => !allowed).map(({ resource }) => resource.id)).toEqual(['500']);
  });

  describe('of wrong questions', () => {
    it('denies them without asking, and asks the others', async () => {
      const { asked, authorizer } = engine();
      const loader = loaderWith({ authorizer });
      const [wrong, right] = await Promise.all([loader.decide(ask('a', 'devour')), loader.decide(ask('a'))]);
      expect(wrong).toMatchObject({
        allowed: false,
        reason: 'INVALID',
        errors: ['The schema has no action Action::"devour".'],
      });
      expect(right.allowed).toBe(true);
      expect(asked.flat()).toEqual([ask('a')]);
    });

    it('withstands a context nested 100,000 deep', async () => {
      let deep: CedarValue = 1;
      for (let level = 0; level < 100_000; level++) deep = [deep];
      expect(await loaderWith({}).decide(ask('a', 'look', { deep }))).toMatchObject({ reason: 'INVALID' });
    });
  });

  describe('of many contexts that do not suit', () => {
    const wrong = Array.from({ length: 20 }, (_, index) => ask('box', 'look', { wrong: index }));
    const decideAll = (loader: DecisionLoader) =>
      Promise.all(wrong.map(async (question) => (await loader.decide(question)).reason));
    /** Each look at it takes it a second further, as a slow machine would. */
    class HurriedClock extends FakeClock {
      override now(): Date {
        this.advance(1_000);
        return super.now();
      }
    }

    it('others get their turn between them', async () => {
      let turns = 0;
      const other = () => {
        turns += 1;
        waiting = setImmediate(other);
      };
      let waiting = setImmediate(other);
      const reasons = await decideAll(loaderWith({ clock: new HurriedClock() }));
      clearImmediate(waiting);
      expect(new Set(reasons)).toEqual(new Set(['INVALID']));
      expect(turns).toBeGreaterThanOrEqual(wrong.length - 1);
    });

    it('none is looked at once the deadline is over', async () => {
      const deadline = new AbortController();
      const { asked, authorizer } = engine();
      const catalog = {
        schema: async () => ({
          ...SCHEMA,
          checkContext(...call: Parameters<typeof SCHEMA.checkContext>) {
            deadline.abort();
            return SCHEMA.checkContext(...call);
          },
        }),
      };
      const reasons = await decideAll(loaderWith({ authorizer, catalog, deadline: () => deadline.signal }));
      expect(reasons).toEqual(['INVALID', ...wrong.slice(1).map(() => 'UNAVAILABLE')]);
      expect(asked).toEqual([]);
    });
  });

  describe('with questions that name further entities', () => {
    const target = { type: 'Person', id: 'bob' };
    const naming = (what: string): Question => ({
      ...ask(what),
      context: { target: { __entity: { ...target } } },
    });
    const schemaless = { catalog: { schema: async () => undefined } };

    it('reads these too, whether the context or the resource names them', async () => {
      const demands: EntityUid[][] = [];
      const entities: DecisionLoaderOptions['entities'] = {
        load: async ({ others }) => {
          demands.push([...others]);
          return { entities: [], absent: new Set(), failed: new Map() };
        },
      };
      const loader = loaderWith({ ...schemaless, entities });
      await loader.decide(naming('a'));
      await loader.decide({ ...ask('b'), resourceAttributes: { owner: { __entity: { ...target } } } });
      expect(demands.map((others) => others.map(uidText))).toEqual([
        ['Thing::"a"', 'Person::"bob"'],
        ['Thing::"b"', 'Person::"bob"'],
      ]);
    });

    it('denies where one of them cannot be read', async () => {
      const { asked, authorizer } = engine();
      const failed = new Map([[uidText(target), new Error('away')]]);
      const loader = loaderWith({ ...schemaless, authorizer, entities: knowing({ failed }) });
      const decisions = await Promise.all([loader.decide(naming('a')), loader.decide(ask('a'))]);
      expect(decisions.map(({ reason }) => reason)).toEqual(['UNAVAILABLE', 'PERMITTED']);
      expect(asked.flat()).toEqual([ask('a')]);
    });

    it('refuses questions that name very many', async () => {
      const targets = Array.from({ length: 51 }, (_, index) => ({ type: 'Person', id: String(index) }));
      const loader = loaderWith(schemaless);
      expect(await loader.decide(ask('a', 'look', { targets }))).toMatchObject({ reason: 'INVALID' });
      const fewer = targets.slice(1);
      expect(await loader.decide(ask('a', 'look', { targets: fewer }))).toMatchObject({
        reason: 'PERMITTED',
      });
    });
  });

  describe('in the name of who is signed in', () => {
    const asker = { mfaAuthenticated: false };

    it('overrules what the context claims', async () => {
      const { asked, authorizer } = engine();
      await loaderWith({ authorizer }).decide(ask('a', 'pay', { mfaAuthenticated: true }), { asker });
      expect(asked.flat()).toEqual([ask('a', 'pay', { mfaAuthenticated: false })]);
    });

    it('asks once what thereby becomes the same question', async () => {
      const { asked, authorizer } = engine();
      const loader = loaderWith({ authorizer });
      const decisions = await Promise.all([
        loader.decide(ask('a', 'pay', { mfaAuthenticated: true }), { asker }),
        loader.decide(ask('a', 'pay'), { asker }),
      ]);
      expect(asked.flat()).toHaveLength(1);
      expect(decisions.map(({ allowed }) => allowed)).toEqual([true, true]);
    });
  });

  describe('about entities', () => {
    it('hands over what is known of those named, who are asked for once', async () => {
      const ada: CedarEntity = { uid: ask('a').principal, attrs: {}, parents: [] };
      const demands: Record<string, readonly EntityUid[]>[] = [];
      let handedOver: readonly CedarEntity[] = [];
      const loader = loaderWith({
        entities: {
          load: async (demand) => {
            demands.push({ ...demand });
            return { entities: [ada], absent: new Set(), failed: new Map() };
          },
        },
        authorizer: {
          authorize: async (questions, entities) => {
            handedOver = entities;
            return questions.map(() => PERMITTED);
          },
        },
      });
      await Promise.all([loader.decide(ask('a')), loader.decide(ask('b'))]);
      expect(handedOver).toEqual([ada]);
      expect(demands).toHaveLength(1);
      expect(demands[0]?.['others']).toEqual([ask('a').resource, ask('b').resource]);
    });

    it('permits nothing to a principal who does not exist, whatever the engine would say', async () => {
      const { asked, authorizer } = engine();
      const absent = new Set([uidText(ask('a').principal)]);
      const decision = await loaderWith({ authorizer, entities: knowing({ absent }) }).decide(ask('a'));
      expect(decision).toMatchObject({ allowed: false, effect: 'DENY', reason: 'NOT_PERMITTED' });
      expect(asked).toEqual([]);
    });

    it('is unavailable about what could not be read, and decides the rest', async () => {
      const failed = new Map([[uidText(ask('broken').resource), new Error('The pool does not answer.')]]);
      const loader = loaderWith({ entities: knowing({ failed }) });
      const decisions = await Promise.all([loader.decide(ask('broken')), loader.decide(ask('fine'))]);
      expect(decisions.map(({ reason }) => reason)).toEqual(['UNAVAILABLE', 'PERMITTED']);
    });
  });

  it.each<[string, Partial<DecisionLoaderOptions>]>([
    ['the schema cannot be read', { catalog: { schema: () => Promise.reject(new Error('down')) } }],
    ['entities cannot be loaded', { entities: { load: () => Promise.reject(new Error('down')) } }],
    [
      'the engine breaks its promise and rejects',
      { authorizer: { authorize: () => Promise.reject(new Error('down')) } },
    ],
    ['the engine answers too little', { authorizer: { authorize: async () => [] } }],
  ])('is unavailable where %s', async (_case, options) => {
    expect(await loaderWith(options).decide(ask('a'))).toMatchObject({
      allowed: false,
      effect: 'DENY',
      reason: 'UNAVAILABLE',
    });
  });
});
