import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cache, FillTicket } from '../../src/services/cache/cache.js';

export interface CacheUnderTest {
  cache: Cache;
  /** Lets the cache's time pass. */
  advance(ms: number): Promise<void>;
  /** Another instance on the same store, or the same one where there is no sharing. */
  neighbour: Cache;
  close(): Promise<void>;
}

const MINUTE = 60_000;

/** What every cache that remembers must do. Each test has keys of its own. */
export function cacheConformance(name: string, open: () => Promise<CacheUnderTest>): void {
  describe(`${name} keeps the Cache contract`, () => {
    let subject: CacheUnderTest;
    let cache: Cache;
    let keys = 0;
    const newKey = () => `key-${++keys}`;

    beforeAll(async () => {
      subject = await open();
      cache = subject.cache;
    });
    afterAll(() => subject.close());

    const missOf = async (key: string, from = cache): Promise<FillTicket> => {
      const [answer] = await from.read([key]);
      if (answer === undefined || answer.hit || answer.ticket === null)
        throw new Error('expected a miss with a ticket');
      return answer.ticket;
    };
    const put = async (key: string, value: string, ttlMs = MINUTE) =>
      cache.fill(key, await missOf(key), value, ttlMs);

    test('a value that was filled is a hit', async () => {
      const key = newKey();
      expect(await put(key, 'value')).toBe(true);
      expect(await cache.read([key])).toEqual([{ hit: true, value: 'value' }]);
    });

    test.each(['', '0', 'false', 'null', 'ü\u0000\n"', 'x'.repeat(100_000)])(
      '%j is a value like any other',
      async (value) => {
        const key = newKey();
        await put(key, value);
        expect(await cache.read([key])).toEqual([{ hit: true, value }]);
      },
    );

    test('answers in the order of the keys, hits and misses mixed, one key twice', async () => {
      const [one, two, none] = [newKey(), newKey(), newKey()];
      await put(one, '1');
      await put(two, '2');
      const answers = await cache.read([two, none, one, two]);
      expect(answers.map((answer) => (answer.hit ? answer.value : null))).toEqual(['2', null, '1', '2']);
    });

    test('no keys are no work', async () => {
      expect(await cache.read([])).toEqual([]);
      await expect(cache.invalidate([])).resolves.toBeUndefined();
      await expect(cache.suspend([], MINUTE)).resolves.toBeUndefined();
    });

    test('a value lives as long as it was given, and not a moment longer', async () => {
      const [brief, lasting] = [newKey(), newKey()];
      await put(brief, 'brief', MINUTE / 2);
      await put(lasting, 'lasting', MINUTE);
      await subject.advance(MINUTE / 3);
      expect(await cache.read([brief])).toEqual([{ hit: true, value: 'brief' }]);
      await subject.advance(MINUTE / 6);
      await missOf(brief);
      expect(await cache.read([lasting])).toEqual([{ hit: true, value: 'lasting' }]);
    });

    test('an invalidation removes what is there, and only that', async () => {
      const [gone, kept] = [newKey(), newKey()];
      await put(gone, 'gone');
      await put(kept, 'kept');
      await cache.invalidate([gone]);
      await missOf(gone);
      expect(await cache.read([kept])).toEqual([{ hit: true, value: 'kept' }]);
    });

    test('a read that began before an invalidation fills nothing', async () => {
      const key = newKey();
      const ticket = await missOf(key);
      await cache.invalidate([key]);
      expect(await cache.fill(key, ticket, 'stale', MINUTE)).toBe(false);
      const fresh = await missOf(key);
      expect(await cache.fill(key, ticket, 'stale', MINUTE)).toBe(false);
      expect(await cache.fill(key, fresh, 'fresh', MINUTE)).toBe(true);
    });

    test('two reads that began after the last invalidation may both fill', async () => {
      const key = newKey();
      const [first, second] = [await missOf(key), await missOf(key)];
      expect(await cache.fill(key, first, 'same', MINUTE)).toBe(true);
      expect(await cache.fill(key, second, 'same', MINUTE)).toBe(true);
    });

    test('an invalidation on one instance holds on the others', async () => {
      const key = newKey();
      await put(key, 'value');
      const other = newKey();
      const ticket = await missOf(other, subject.neighbour);
      await cache.invalidate([key, other]);
      await missOf(key, subject.neighbour);
      expect(await subject.neighbour.fill(other, ticket, 'stale', MINUTE)).toBe(false);
    });

    test('a suspended key is forgotten, and nothing is kept of it, on any instance, until its time is over', async () => {
      const [key, other] = [newKey(), newKey()];
      await put(key, 'before');
      await put(other, 'untouched');
      await cache.suspend([key], MINUTE);
      for (const instance of [cache, subject.neighbour]) {
        expect(await instance.read([key, other])).toEqual([
          { hit: false, ticket: null },
          { hit: true, value: 'untouched' },
        ]);
      }
      await subject.advance(MINUTE / 2);
      expect(await cache.read([key])).toEqual([{ hit: false, ticket: null }]);
      await subject.advance(MINUTE / 2 + 1);
      expect(await put(key, 'after')).toBe(true);
      expect(await subject.neighbour.read([key])).toEqual([{ hit: true, value: 'after' }]);
    });

    test('a read that began before a suspension fills nothing, during it or after', async () => {
      const key = newKey();
      const ticket = await missOf(key);
      await cache.suspend([key], MINUTE);
      expect(await cache.fill(key, ticket, 'stale', MINUTE)).toBe(false);
      await subject.advance(MINUTE + 1);
      expect(await cache.fill(key, ticket, 'stale', MINUTE)).toBe(false);
    });

    test('neither an invalidation nor a shorter suspension ends a suspension', async () => {
      const key = newKey();
      await cache.suspend([key], MINUTE);
      await cache.invalidate([key]);
      await cache.suspend([key], MINUTE / 4);
      await subject.advance(MINUTE / 2);
      expect(await cache.read([key])).toEqual([{ hit: false, ticket: null }]);
      await cache.suspend([key], MINUTE);
      await subject.advance(MINUTE - 1_000);
      expect(await cache.read([key])).toEqual([{ hit: false, ticket: null }]);
    });

    test('a ticket from elsewhere fills nothing', async () => {
      const key = newKey();
      await missOf(key);
      expect(await cache.fill(key, 'made up' as FillTicket, 'value', MINUTE)).toBe(false);
    });

    test('whatever the order of reads, fills and invalidations, no read answers with an older truth', async () => {
      const step = fc.oneof(
        fc.record({ do: fc.constant('read' as const), key: fc.nat(1), reader: fc.nat(2) }),
        fc.record({ do: fc.constant('fill' as const), key: fc.nat(1), reader: fc.nat(2) }),
        fc.record({ do: fc.constant('change' as const), key: fc.nat(1) }),
        fc.record({ do: fc.constant('suspend' as const), key: fc.nat(1) }),
      );
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const names = [newKey(), newKey()];
          // The truth is a version that each change raises; a reader remembers its ticket and what was true then.
          const truth = [0, 0];
          const suspended = new Set<number>();
          const pending = new Map<string, { ticket: FillTicket; seen: number }>();

          for (const action of steps) {
            const name = names[action.key] ?? '';
            if (action.do === 'change') {
              truth[action.key] = (truth[action.key] ?? 0) + 1;
              await cache.invalidate([name]);
              continue;
            }
            if (action.do === 'suspend') {
              suspended.add(action.key);
              await cache.suspend([name], MINUTE);
              continue;
            }
            const instance = action.reader === 2 ? subject.neighbour : cache;
            const read = `${action.key}/${action.reader}`;
            if (action.do === 'read') {
              const [answer] = await instance.read([name]);
              if (suspended.has(action.key)) expect(answer).toEqual({ hit: false, ticket: null });
              else if (answer?.hit) expect(Number(answer.value)).toBe(truth[action.key]);
              else if (answer?.ticket)
                pending.set(read, { ticket: answer.ticket, seen: truth[action.key] ?? 0 });
            } else {
              const begun = pending.get(read);
              if (begun === undefined) continue;
              const filled = await instance.fill(name, begun.ticket, String(begun.seen), MINUTE);
              expect(filled).toBe(begun.seen === truth[action.key] && !suspended.has(action.key));
            }
          }
        }),
        { numRuns: 60 },
      );
    });

    test('readers and changes that overlap leave no older truth behind', async () => {
      await fc.assert(
        fc.asyncProperty(fc.scheduler(), async (scheduler) => {
          const key = newKey();
          let truth = 0;
          const reader = async () => {
            const [answer] = await scheduler.schedule(Promise.resolve()).then(() => cache.read([key]));
            if (answer?.hit || !answer?.ticket) return;
            const seen = truth;
            await scheduler.schedule(Promise.resolve());
            await cache.fill(key, answer.ticket, String(seen), MINUTE);
          };
          const writer = async () => {
            await scheduler.schedule(Promise.resolve());
            truth += 1;
            await scheduler.schedule(Promise.resolve());
            await cache.invalidate([key]);
          };
          const all = Promise.all([reader(), writer(), reader(), writer(), reader()]);
          await scheduler.waitFor(all);

          const [answer] = await cache.read([key]);
          if (answer?.hit) expect(Number(answer.value)).toBe(truth);
        }),
        { numRuns: 60 },
      );
    });

    test('answers a ping', async () => {
      await expect(cache.ping()).resolves.toBeUndefined();
    });

    test('closing twice is closing once', async () => {
      const own = await open();
      await own.cache.close();
      await expect(own.cache.close()).resolves.toBeUndefined();
      await own.close();
    });
  });
}
