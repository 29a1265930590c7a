import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  createDecisionCache,
  type CacheQuestion,
  type DecisionCacheOptions,
} from '../../../../../src/services/authorization/decision-cache/decision-cache.js';
import { createMemorySharedDecisions } from '../../../../../src/services/authorization/decision-cache/memory-shared-decisions.js';
import type {
  KeptDecision,
  SharedDecisions,
} from '../../../../../src/services/authorization/decision-cache/shared-decisions.js';
import type { DecisionReason, Verdict } from '../../../../../src/services/authorization/decision.js';
import { systemRandomness } from '../../../../../src/services/randomness.js';
import { FakeClock } from '../../../../support/fake-clock.js';

const verdict = (reason: DecisionReason, policy = 'p', errors: string[] = []): Verdict => ({
  reason,
  determiningPolicies: [policy],
  errors,
});

const question = (resource: string, more: Partial<CacheQuestion> = {}): CacheQuestion => ({
  asked: 'whether Ada may look at it',
  resource,
  facts: 'what is known of it',
  principal: 'ada',
  ...more,
});

/** Instances that share epochs and decisions, and hear of nothing until they are told to. */
function sharedBy(instances: number) {
  const clock = new FakeClock(new Date(1_000_000));
  const epochs = createMemorySharedDecisions({ randomness: systemRandomness });
  const kept = new Map<string, { value: string; until: number }>();
  let isAway = false;
  let reads = 0;
  const stores = Array.from({ length: instances }, () => {
    let listener: Parameters<SharedDecisions['onRenewed']>[0] = () => {};
    const store: SharedDecisions = {
      ...epochs,
      async read(subjects, keys) {
        reads += 1;
        if (isAway) return null;
        const read = await epochs.read(subjects, []);
        const now = clock.now().getTime();
        const valueOf = (key: string) => {
          const found = kept.get(key);
          return found !== undefined && now < found.until ? found.value : null;
        };
        return read && { ...read, values: keys.map(valueOf) };
      },
      async keep(decisions: readonly KeptDecision[]) {
        const now = clock.now().getTime();
        for (const { key, value, ttlMs } of decisions) kept.set(key, { value, until: now + ttlMs });
      },
      onRenewed: (heard) => void (listener = heard),
    };
    return { store, hear: (subjects: readonly string[] | null) => listener(subjects) };
  });
  let version: string | null = 'v1';
  const make = (index: number, options: Partial<DecisionCacheOptions> = {}) => {
    const one = stores[index];
    if (one === undefined) throw new Error('There is no such instance.');
    const cache = createDecisionCache({ shared: one.store, policies: () => version, clock, ...options });
    return {
      ...cache,
      hear: one.hear,
      /** What is remembered of one question; otherwise asks the engine, which says `answer`. */
      async decide(asked: CacheQuestion, answer: Verdict = verdict('PERMITTED')) {
        const { found, keep } = await cache.lookUp([asked]);
        if (found[0] !== undefined) return found[0].verdict;
        keep(new Map([[0, answer]]));
        return undefined;
      },
    };
  };
  return {
    clock,
    make,
    kept,
    reads: () => reads,
    goAway: (away: boolean) => void (isAway = away),
    usePolicies: (next: string | null) => void (version = next),
  };
}

describe('createDecisionCache', () => {
  it.each(['PERMITTED', 'FORBIDDEN', 'NOT_PERMITTED'] as const)('remembers what is %s', async (reason) => {
    const cache = sharedBy(1).make(0);
    expect(await cache.decide(question('q'), verdict(reason))).toBeUndefined();
    expect(await cache.decide(question('q'))).toEqual(verdict(reason));
  });

  it.each<[string, Verdict]>([
    ['could not be decided', verdict('UNAVAILABLE')],
    ['was no question', verdict('INVALID')],
    ['was permitted with an error', verdict('PERMITTED', 'p', ['overflow'])],
    ['was denied with an error', verdict('NOT_PERMITTED', 'p', ['overflow'])],
  ])('does not remember what %s', async (_case, answer) => {
    const { make, kept } = sharedBy(1);
    const cache = make(0);
    await cache.decide(question('q'), answer);
    expect(await cache.decide(question('q'), answer)).toBeUndefined();
    expect(kept.size).toBe(0);
  });

  it('asks ahead whether what it is asked for all the time still holds, once, and not for what nobody asks', async () => {
    const { make, clock, reads } = sharedBy(1);
    const cache = make(0);
    await cache.decide(question('q'));
    const before = reads();
    for (let step = 0; step < 20; step += 1) {
      clock.advance(400);
      for (let ask = 0; ask < 5; ask += 1) {
        expect(cache.peek(question('q'))?.verdict).toEqual(verdict('PERMITTED'));
      }
      await new Promise(setImmediate);
    }
    expect(reads() - before).toBe(10);
    clock.advance(1_000);
    expect(cache.peek(question('q'))).toBeUndefined();
    expect(reads() - before).toBe(10);
  });

  it('tells at once what it remembers, as long as it need not ask whether that still holds', async () => {
    const { make, clock, reads, usePolicies } = sharedBy(2);
    const [one, other] = [make(0), make(1)];
    expect(one.peek(question('q'))).toBeUndefined();
    await one.decide(question('q'));
    const before = reads();
    expect(one.peek(question('q'))?.verdict).toEqual(verdict('PERMITTED'));
    expect(other.peek(question('q'))).toBeUndefined();
    expect(reads()).toBe(before);
    usePolicies('v2');
    expect(one.peek(question('q'))).toBeUndefined();
    usePolicies('v1');
    clock.advance(1_000);
    expect(one.peek(question('q'))).toBeUndefined();
    await one.lookUp([question('q')]);
    expect(one.peek(question('q'))).toBeDefined();
    one.hear(['ada']);
    expect(one.peek(question('q'))).toBeUndefined();
  });

  it('shares what it remembers with other instances, and asks the store for it once', async () => {
    const { make, reads } = sharedBy(2);
    const [one, other] = [make(0), make(1)];
    await one.decide(question('q'));
    expect(await other.decide(question('q'))).toEqual(verdict('PERMITTED'));
    const before = reads();
    expect(await other.decide(question('q'))).toEqual(verdict('PERMITTED'));
    expect(reads()).toBe(before);
  });

  it('asks the store once for any number of questions', async () => {
    const { make, reads } = sharedBy(1);
    const asked = Array.from({ length: 200 }, (_, index) =>
      question(`q${index}`, { principal: `p${index % 7}` }),
    );
    await make(0).lookUp(asked);
    expect(reads()).toBe(1);
  });

  it('forgets after a minute from the decision, however often it is asked for', async () => {
    const { make, clock } = sharedBy(2);
    const [one, other] = [make(0), make(1)];
    await one.decide(question('q'));
    for (let second = 1; second < 60; second += 1) {
      clock.advance(1_000);
      expect(await one.decide(question('q'))).toBeDefined();
      expect(await other.decide(question('q'))).toBeDefined();
    }
    clock.advance(1_000);
    expect((await one.lookUp([question('q')])).found).toEqual([undefined]);
    expect((await other.lookUp([question('q')])).found).toEqual([undefined]);
  });

  it('forgets with the credential of who asked', async () => {
    const { make, clock } = sharedBy(1);
    const cache = make(0);
    await cache.decide(question('q', { notAfter: clock.now().getTime() + 5_000 }));
    clock.advance(4_999);
    expect(await cache.decide(question('q'))).toBeDefined();
    clock.advance(1);
    expect((await cache.lookUp([question('q')])).found).toEqual([undefined]);
  });

  it('keeps nothing for a credential that has ended', async () => {
    const { make, clock, kept } = sharedBy(1);
    await make(0).decide(question('q', { notAfter: clock.now().getTime() }));
    expect(kept.size).toBe(0);
  });

  it('has the engine asked again for who wants it, and remembers what it then says', async () => {
    const cache = sharedBy(1).make(0);
    await cache.decide(question('q'), verdict('PERMITTED'));
    expect(await cache.decide(question('q', { fresh: true }), verdict('FORBIDDEN'))).toBeUndefined();
    expect(await cache.decide(question('q'))).toEqual(verdict('FORBIDDEN'));
  });

  it('forgets one principal and no other', async () => {
    const { make } = sharedBy(1);
    const cache = make(0);
    await cache.decide(question('a', { principal: 'ada' }));
    await cache.decide(question('b', { principal: 'bob' }));
    await cache.forgetPrincipal('ada');
    cache.hear(['ada']);
    expect((await cache.lookUp([question('a', { principal: 'ada' })])).found).toEqual([undefined]);
    expect(await cache.decide(question('b', { principal: 'bob' }))).toBeDefined();
  });

  it('forgets everything when the policies change, by word of another or by its own engine', async () => {
    const { make, usePolicies } = sharedBy(2);
    const [one, other] = [make(0), make(1)];
    await one.decide(question('q'));
    await other.forgetAll();
    one.hear(['policies']);
    expect(await one.decide(question('q'))).toBeUndefined();
    usePolicies('v2');
    expect(await one.decide(question('q'))).toBeUndefined();
    expect(await one.decide(question('q'))).toBeDefined();
  });

  it('remembers nothing while it is unknown which policies the engine goes by', async () => {
    const { make, usePolicies, kept } = sharedBy(1);
    const cache = make(0);
    usePolicies(null);
    await cache.decide(question('q'));
    expect(await cache.decide(question('q'))).toBeUndefined();
    expect(kept.size).toBe(0);
  });

  it('hears of what it was not told within a second', async () => {
    const { make, clock } = sharedBy(2);
    const [one, other] = [make(0), make(1)];
    await one.decide(question('q'));
    await other.forgetPrincipal('ada');
    clock.advance(1_000);
    expect((await one.lookUp([question('q')])).found).toEqual([undefined]);
  });

  it('believes nothing that it knows after it may have missed something', async () => {
    const { make, reads } = sharedBy(2);
    const [one, other] = [make(0), make(1)];
    await one.decide(question('q'));
    await other.forgetPrincipal('ada');
    one.hear(null);
    const before = reads();
    expect((await one.lookUp([question('q')])).found).toEqual([undefined]);
    expect(reads()).toBe(before + 1);
  });

  it('goes by the engine alone while the store is away, and remembers nothing meanwhile', async () => {
    const { make, clock, goAway } = sharedBy(1);
    const cache = make(0);
    await cache.decide(question('q'));
    clock.advance(1_000);
    goAway(true);
    expect(await cache.decide(question('q'))).toBeUndefined();
    expect(await cache.decide(question('new'))).toBeUndefined();
    goAway(false);
    expect(await cache.decide(question('q'))).toBeDefined();
    expect(await cache.decide(question('new'))).toBeUndefined();
  });

  it('does not keep the answer of a slow reader that began before the change', async () => {
    const { make } = sharedBy(2);
    const [slow, writer] = [make(0), make(1)];
    const before = await slow.lookUp([question('q')]);
    await writer.forgetPrincipal('ada');
    before.keep(new Map([[0, verdict('PERMITTED')]]));
    expect((await writer.lookUp([question('q')])).found).toEqual([undefined]);
    slow.hear(['ada']);
    expect((await slow.lookUp([question('q')])).found).toEqual([undefined]);
  });

  it('does not keep what an engine said whose policies have changed meanwhile', async () => {
    const { make, usePolicies, kept } = sharedBy(1);
    const reading = await make(0).lookUp([question('q')]);
    usePolicies('v2');
    reading.keep(new Map([[0, verdict('PERMITTED')]]));
    expect(kept.size).toBe(0);
  });

  it.each([
    'garbage',
    '',
    'null',
    '{}',
    '[]',
    '["v1","e","PERMITTED"]',
    '["v1","e","ALLOWED",[],1,2]',
    '["v1","e","PERMITTED",[1],1,2]',
    '["v1","e","PERMITTED",[],"1",2]',
    `${'['.repeat(10_000)}`,
  ])('makes nothing of a store that holds %j', async (value) => {
    const { make, kept, clock } = sharedBy(1);
    kept.set('q', { value, until: clock.now().getTime() + 60_000 });
    expect((await make(0).lookUp([question('q')])).found).toEqual([undefined]);
  });

  it('keeps so many decisions in this process and no more', async () => {
    const { make, reads } = sharedBy(1);
    const cache = make(0, { maxDecisions: 100 });
    for (let index = 0; index < 1_000; index += 1) await cache.decide(question(`q${index}`));
    const readsFor = async (key: string) => {
      const before = reads();
      await cache.lookUp([question(key)]);
      return reads() - before;
    };
    expect([await readsFor('q999'), await readsFor('q900'), await readsFor('q899')]).toEqual([0, 0, 1]);
  });

  it('never answers with what was true before a change that it has heard of', async () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('begin' as const),
        who: fc.nat(1),
        key: fc.nat(2),
        principal: fc.nat(1),
      }),
      fc.record({ kind: fc.constant('end' as const), which: fc.nat(5) }),
      fc.record({ kind: fc.constant('change' as const), who: fc.nat(1), principal: fc.nat(2) }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(40_000) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { make, clock } = sharedBy(2);
        const caches = [make(0), make(1)];
        const begun: (() => void)[] = [];
        // What is true of each principal: 2 stands for the policies, which bear on both.
        const truth = [0, 0, 0];
        for (const next of steps) {
          if (next.kind === 'pass') clock.advance(next.ms);
          else if (next.kind === 'end') begun.splice(next.which, 1)[0]?.();
          else if (next.kind === 'change') {
            truth[next.principal] = (truth[next.principal] ?? 0) + 1;
            const subject = next.principal === 2 ? 'policies' : `p${next.principal}`;
            const cache = caches[next.who];
            await (next.principal === 2 ? cache?.forgetAll() : cache?.forgetPrincipal(subject));
            for (const each of caches) each.hear([subject]);
          } else {
            const now = `${truth[next.principal]} ${truth[2]}`;
            const asked = question(`q${next.key}/${next.principal}`, { principal: `p${next.principal}` });
            const peeked = caches[next.who]?.peek(asked);
            if (peeked !== undefined) expect(peeked.verdict.determiningPolicies).toEqual([now]);
            const lookup = await caches[next.who]?.lookUp([asked]);
            if (lookup?.found[0] !== undefined) {
              expect(lookup.found[0].verdict.determiningPolicies).toEqual([now]);
            } else begun.push(() => lookup?.keep(new Map([[0, verdict('PERMITTED', now)]])));
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
