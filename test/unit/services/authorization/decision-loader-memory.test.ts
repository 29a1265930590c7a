import { describe, expect, it } from 'vitest';

import { createDecisionCache } from '../../../../src/services/authorization/decision-cache/decision-cache.js';
import { createMemorySharedDecisions } from '../../../../src/services/authorization/decision-cache/memory-shared-decisions.js';
import { factsOf } from '../../../../src/services/authorization/decision-key.js';
import type { DecisionLoaderOptions } from '../../../../src/services/authorization/decision-loader.js';
import type { CedarEntity } from '../../../../src/services/authorization/question.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import { createMetrics } from '../../../../src/services/telemetry/metrics.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { ask, engine, knowing, loaderWith, SCHEMA } from '../../../support/decision-loader.js';

describe('decide, with what is remembered', () => {
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

  it.each(['succeeds', 'fails'])(
    'asks together what takes a read, which %s, and what takes none',
    async (outcome) => {
      const { asked, authorizer } = engine();
      const read = new Set<string>();
      const entities: DecisionLoaderOptions['entities'] = {
        ...knowing(),
        memory: {
          async read({ others }) {
            await new Promise((resolve) => setImmediate(resolve));
            for (const { id } of others) read.add(id);
            if (outcome === 'fails') throw new Error('No answer.');
          },
          awaits: (_who, { uid }) => uid.id.startsWith('unread') && !read.has(uid.id),
          known: () => undefined,
        },
      };
      const loader = loaderWith({ authorizer, entities });
      const names = ['known', 'unread 1', 'known, too', 'unread 2'];
      const decisions = await Promise.all(names.map(async (name) => loader.decide(ask(name))));
      const isAnswered = (name: string) => outcome === 'succeeds' || name.startsWith('known');
      expect(decisions.map(({ reason }) => reason)).toEqual(
        names.map((name) => (isAnswered(name) ? 'PERMITTED' : 'UNAVAILABLE')),
      );
      expect(asked.map((wave) => wave.length)).toEqual([outcome === 'succeeds' ? 4 : 2]);
      expect(loader.stats.waves).toBe(1);
    },
  );

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
