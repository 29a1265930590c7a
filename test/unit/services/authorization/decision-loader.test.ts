import pino from 'pino';
import { describe, expect, it } from 'vitest';

import type { Authorizer, Ruling } from '../../../../src/services/authorization/authorizer.js';
import { createDecisionCache } from '../../../../src/services/authorization/decision-cache/decision-cache.js';
import { createMemorySharedDecisions } from '../../../../src/services/authorization/decision-cache/memory-shared-decisions.js';
import { noSharedDecisions } from '../../../../src/services/authorization/decision-cache/no-shared-decisions.js';
import { factsOf } from '../../../../src/services/authorization/decision-key.js';
import {
  createDecisionLoader,
  type DecisionLoaderOptions,
} from '../../../../src/services/authorization/decision-loader.js';
import type { LoadedEntities } from '../../../../src/services/authorization/entity-source.js';
import {
  uidText,
  type CedarEntity,
  type CedarRecord,
  type CedarValue,
  type EntityUid,
  type Question,
} from '../../../../src/services/authorization/question.js';
import { parseSchema } from '../../../../src/services/cedar/schema.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import { createMetrics } from '../../../../src/services/telemetry/metrics.js';
import { FakeClock } from '../../../support/fake-clock.js';

const SCHEMA = parseSchema(`
  entity Person;
  entity Thing;
  action look appliesTo { principal: Person, resource: Thing };
  action pay appliesTo { principal: Person, resource: Thing, context: { mfaAuthenticated?: Bool } };
`);

const ask = (what: string | number, action = 'look', context: CedarRecord = {}): Question => ({
  principal: { type: 'Person', id: 'ada' },
  action: { type: 'Action', id: action },
  resource: { type: 'Thing', id: String(what) },
  context,
});

const ruling = (effect: 'ALLOW' | 'DENY', ...determiningPolicies: string[]): Ruling => ({
  kind: 'answered',
  effect,
  determiningPolicies,
  errors: [],
});
const PERMITTED = ruling('ALLOW', 'permit');

/** An engine that answers each question by its resource, and remembers what it was asked. */
function engine(rulings: Record<string, Ruling> = {}) {
  const asked: Question[][] = [];
  const authorizer: Authorizer = {
    async authorize(questions) {
      asked.push([...questions]);
      return questions.map(({ resource }) => rulings[resource.id] ?? PERMITTED);
    },
  };
  return { asked, authorizer };
}

const knowing = (loaded: Partial<LoadedEntities> = {}): DecisionLoaderOptions['entities'] => ({
  load: async () => ({ entities: [], absent: new Set(), failed: new Map(), ...loaded }),
});

const remembersNothing = createDecisionCache({
  shared: noSharedDecisions,
  policies: () => null,
  clock: new FakeClock(),
});

const loaderWith = (options: Partial<DecisionLoaderOptions>) =>
  createDecisionLoader({
    authorizer: engine().authorizer,
    catalog: { schema: async () => SCHEMA },
    entities: knowing(),
    cache: remembersNothing,
    clock: new FakeClock(new Date(0)),
    metrics: createMetrics(),
    logger: pino({ level: 'silent' }),
    ...options,
  });

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

  describe('with what is remembered', () => {
    const ada: CedarEntity = { uid: { type: 'Person', id: 'ada' }, attrs: { age: 1 }, parents: [] };
    const thing: CedarEntity = { uid: { type: 'Thing', id: 'a' }, attrs: {}, parents: [] };
    const setUp = () => {
      let known = [ada];
      let reads = 0;
      const clock = new FakeClock(new Date(0));
      const shared = createMemorySharedDecisions({ randomness: systemRandomness });
      const cache = createDecisionCache({ shared, policies: () => 'v', clock });
      const { asked, authorizer } = engine();
      const metrics = createMetrics();
      const request = () => {
        let isRead = false;
        const entities: DecisionLoaderOptions['entities'] = {
          async load() {
            isRead = true;
            return { entities: [...known, thing], absent: new Set(), failed: new Map() };
          },
          memory: {
            async read() {
              isRead = true;
              reads += 1;
            },
            awaits: () => !isRead,
            known: () => (isRead ? { principal: factsOf(known), resource: factsOf([thing]) } : undefined),
          },
        };
        return loaderWith({ authorizer, cache, clock, entities, metrics });
      };
      return {
        asked,
        cache,
        clock,
        metrics,
        request,
        reads: () => reads,
        change: () => void (known = [{ ...ada, attrs: { age: 2 } }]),
      };
    };

    it('answers without a wave what another request has asked, once it has read the entities', async () => {
      const { asked, request, metrics, reads } = setUp();
      await request().decide(ask('a'));
      const loader = request();
      const readBefore = reads();
      const both = await Promise.all([loader.decide(ask('a')), loader.decide(ask('a', 'look'))]);
      expect(both).toMatchObject([
        { source: 'CACHE', allowed: true },
        { source: 'CACHE', allowed: true },
      ]);
      expect(reads() - readBefore).toBe(1);
      expect(loader.stats.waves).toBe(0);
      expect(asked).toHaveLength(1);
      const { values } = await metrics.decisions.get();
      expect(values.find(({ labels }) => labels.source === 'CACHE')?.value).toBe(2);
    });

    it('reads nobody for a question that makes no sense', async () => {
      const demands: unknown[] = [];
      const entities = {
        ...knowing(),
        memory: {
          read: async (demand: object) => void demands.push(demand),
          awaits: () => true,
          known: () => undefined,
        },
      };
      const loader = loaderWith({ entities });
      const decisions = await Promise.all(
        [ask('a', 'fly'), { ...ask('a'), principal: ask('a').resource }, ask('b')].map(async (question) =>
          loader.decide(question),
        ),
      );
      expect(decisions.map(({ reason }) => reason)).toEqual(['INVALID', 'INVALID', 'PERMITTED']);
      expect(demands).toEqual([{ principals: [ask('b').principal], others: [ask('b').resource] }]);
    });

    it('answers at once, not later, what it need read nothing for', async () => {
      const { request } = setUp();
      const loader = request();
      await loader.decide(ask('a'));
      expect(loader.decide(ask('a'))).toMatchObject({ source: 'CACHE', allowed: true });
      const inquire = loader.inquire(ask('a'));
      expect(inquire(ask('a').resource)).toMatchObject({ source: 'CACHE', allowed: true });
      expect(loader.decide(ask('a', 'look', { nonsense: [] }))).toBeInstanceOf(Promise);
    });

    it('answers the very first question at once where the schema and the entities are known', async () => {
      const { request, cache, clock } = setUp();
      await request().decide(ask('a'));
      const loader = loaderWith({
        catalog: { schema: () => SCHEMA },
        cache,
        clock,
        entities: {
          ...knowing(),
          memory: {
            read: () => Promise.reject(new Error('There is nothing to read.')),
            awaits: () => false,
            known: () => ({ principal: factsOf([ada]), resource: factsOf([thing]) }),
          },
        },
      });
      expect(loader.decide(ask('a'))).toMatchObject({ source: 'CACHE', allowed: true });
    });

    it('asks anew who wants it, and about who has changed', async () => {
      const { asked, request, change } = setUp();
      const loader = request();
      await loader.decide(ask('a'));
      expect(await loader.decide(ask('a'), { fresh: true })).toMatchObject({ source: 'ENGINE' });
      change();
      expect(await request().decide(ask('a'))).toMatchObject({ source: 'ENGINE' });
      expect(asked).toHaveLength(3);
    });

    it('makes the same key of a question with and without a wave', async () => {
      const { request, cache } = setUp();
      const keys: string[][] = [];
      const [lookUp, peek] = [cache.lookUp.bind(cache), cache.peek.bind(cache)];
      cache.lookUp = (questions) => {
        keys.push(...questions.map(({ asked, resource, facts }) => [asked, resource, facts]));
        return lookUp(questions);
      };
      cache.peek = (question) => {
        keys.push([question.asked, question.resource, question.facts]);
        return peek(question);
      };
      const loader = request();
      await loader.decide(ask('a'));
      await loader.decide(ask('a'));
      expect(keys).toHaveLength(3);
      expect(new Set(keys.map((key) => JSON.stringify(key))).size).toBe(1);
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
