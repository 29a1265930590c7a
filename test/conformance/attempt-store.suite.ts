import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type {
  AttemptKeys,
  AttemptOutcome,
  AttemptStore,
  AttemptTicket,
} from '../../src/services/rate-limiting/attempt-store.js';
import { FakeClock } from '../support/fake-clock.js';

export interface AttemptStoreUnderTest {
  readonly store: AttemptStore;
  /** Another instance that shares what is counted, or the same one where there is no sharing. */
  readonly neighbour: AttemptStore;
  close(): Promise<void>;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const LADDER = [1, 2, 4, 8, 15, 15, 15].map((minutes) => minutes * MINUTE);

/** What every store of tries must do, whoever shares it. Each test has accounts of its own. */
export function attemptStoreConformance(
  name: string,
  open: (clock: FakeClock) => Promise<AttemptStoreUnderTest>,
): void {
  describe(`${name} keeps the AttemptStore contract`, () => {
    const clock = new FakeClock();
    let subject: AttemptStoreUnderTest;
    let store: AttemptStore;
    let account: string;

    beforeAll(async () => {
      subject = await open(clock);
      store = subject.store;
    });
    beforeEach(() => {
      account = randomUUID();
    });
    afterAll(() => subject.close());

    const from = (address: string, name = account): AttemptKeys => ({
      here: `${name}:${address}`,
      anywhere: name,
    });

    const admitted = async (keys: AttemptKeys, at = store): Promise<AttemptTicket> => {
      const start = await at.begin(keys);
      if (!start.admitted) throw new Error(`refused for ${start.retryAfterMs} ms`);
      return start.ticket;
    };
    const make = async (outcome: AttemptOutcome, keys = from('home'), at = store) =>
      at.settle(keys, await admitted(keys, at), outcome);
    const fail = async (times: number, keys = from('home')) => {
      for (let time = 0; time < times; time += 1) await make('failed', keys);
    };
    /** For how long the next try is refused; 0 where it would be made. */
    const waitOf = async (keys = from('home')): Promise<number> => {
      const start = await store.begin(keys);
      if (!start.admitted) return start.retryAfterMs;
      await store.settle(keys, start.ticket, 'undecided');
      return 0;
    };

    test('the fifth failure locks the account for that address, each later one for longer, up to 15 minutes', async () => {
      for (let time = 1; time < 5; time += 1) {
        expect(await make('failed')).toEqual({ hereMs: 0, anywhereMs: 0 });
        expect(await waitOf()).toBe(0);
      }
      for (const lock of LADDER) {
        expect(await make('failed')).toEqual({ hereMs: lock, anywhereMs: 0 });
        expect(await waitOf()).toBe(lock);
        clock.advance(lock - 1);
        expect(await waitOf()).toBe(1);
        clock.advance(1);
        expect(await waitOf()).toBe(0);
      }
    });

    test('tries during the lock neither prolong it nor count', async () => {
      await fail(5);
      for (let time = 0; time < 20; time += 1) {
        clock.advance(SECOND);
        expect(await waitOf()).toBe(MINUTE - (time + 1) * SECOND);
      }
      clock.advance(40 * SECOND);
      expect(await make('failed')).toEqual({ hereMs: 2 * MINUTE, anywhereMs: 0 });
    });

    test('a lock holds on the other instances', async () => {
      for (let time = 0; time < 5; time += 1) await make('failed', from('home'), subject.neighbour);
      expect(await waitOf()).toBe(MINUTE);
    });

    test('a success forgets what was counted here, and nothing that was counted elsewhere', async () => {
      await fail(4);
      await fail(4, from('away'));
      await make('succeeded');
      await fail(4);
      expect(await waitOf()).toBe(0);
      await fail(1, from('away'));
      expect(await waitOf(from('away'))).toBe(MINUTE);
    });

    test('an undecided try leaves no trace', async () => {
      for (let time = 0; time < 30; time += 1) await make('undecided');
      await fail(4);
      for (let time = 0; time < 30; time += 1) await make('undecided');
      expect(await waitOf()).toBe(0);
      expect(await make('failed')).toMatchObject({ hereMs: MINUTE });
    });

    test('a try that nobody settles is a failed one', async () => {
      for (let time = 0; time < 5; time += 1) await admitted(from('home'));
      clock.advance(31 * SECOND);
      expect(await waitOf()).toBe(29 * SECOND);
    });

    test('of any number at once no more are made than are left, and those who are kept waiting may ask again soon', async () => {
      await fail(2);
      const starts = await Promise.all(
        Array.from({ length: 50 }, (_, index) => (index % 2 ? store : subject.neighbour).begin(from('home'))),
      );
      expect(starts.filter((start) => start.admitted)).toHaveLength(3);
      for (const start of starts) {
        if (!start.admitted) expect(start.retryAfterMs).toBe(SECOND);
      }
    });

    test('a lock that rests on tries under way ends with the first of them that says nothing', async () => {
      await fail(3);
      const [first, second] = [await admitted(from('home')), await admitted(from('home'))];
      expect(await waitOf()).toBe(SECOND);
      expect(await store.settle(from('home'), first, 'undecided')).toEqual({ hereMs: 0, anywhereMs: 0 });
      expect(await store.settle(from('home'), second, 'failed')).toEqual({ hereMs: 0, anywhereMs: 0 });
      expect(await waitOf()).toBe(0);
      expect(await make('failed')).toMatchObject({ hereMs: MINUTE });
    });

    test('a try that outlived a success takes nothing back from what was counted since', async () => {
      const slow = await admitted(from('home'));
      await make('succeeded');
      await fail(4);
      await store.settle(from('home'), slow, 'undecided');
      expect(await make('failed')).toMatchObject({ hereMs: MINUTE });
    });

    test('one address cannot lock the account for another, however patient it is', async () => {
      await fail(5, from('stranger'));
      for (const lock of [...LADDER, ...Array<number>(30).fill(15 * MINUTE)]) {
        clock.advance(lock);
        await fail(1, from('stranger'));
        expect(await waitOf(from('home'))).toBe(0);
      }
    });

    test('twenty failures from several addresses lock it for all', async () => {
      for (const address of ['one', 'two', 'three']) await fail(5, from(address));
      await fail(4, from('four'));
      expect(await waitOf(from('home'))).toBe(0);
      expect(await make('failed', from('four'))).toEqual({ hereMs: MINUTE, anywhereMs: MINUTE });
      expect(await waitOf(from('home'))).toBe(MINUTE);
      clock.advance(MINUTE);
      expect(await make('failed', from('five'))).toEqual({ hereMs: 0, anywhereMs: 2 * MINUTE });
      expect(await waitOf(from('home'))).toBe(2 * MINUTE);
    });

    test('a success takes its own try back everywhere, and no other', async () => {
      for (const address of ['one', 'two', 'three']) await fail(5, from(address));
      await fail(4, from('four'));
      await make('succeeded', from('home'));
      await make('succeeded', from('four'));
      expect(await make('failed', from('home'))).toEqual({ hereMs: 0, anywhereMs: MINUTE });
    });

    test('all is forgotten a day after the first failure', async () => {
      await fail(4);
      clock.advance(DAY - 1);
      expect(await make('failed')).toMatchObject({ hereMs: MINUTE });
      clock.advance(MINUTE);
      await fail(4);
      expect(await waitOf()).toBe(0);
    });

    test('a lock that is running when all is forgotten runs to its end', async () => {
      await fail(4);
      clock.advance(DAY - 1);
      await fail(1);
      clock.advance(MINUTE / 2);
      expect(await waitOf()).toBe(MINUTE / 2);
    });

    test('accounts are counted apart', async () => {
      await fail(5);
      expect(await waitOf(from('home', `${account}-other`))).toBe(0);
    });

    test('whatever happens at once, no more fail before a lock than the rules allow', async () => {
      const outcomes = fc.constantFrom<AttemptOutcome>('failed', 'failed', 'undecided');
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(outcomes, { minLength: 1, maxLength: 8 }), { maxLength: 6 }),
          async (bursts) => {
            const keys = from('home', randomUUID());
            let failures = 0;
            for (const burst of bursts) {
              const starts = await Promise.all(burst.map(() => store.begin(keys)));
              const made = starts.filter((start) => start.admitted).length;
              expect(made).toBe(Math.min(burst.length, failures < 5 ? 5 - failures : 0));
              for (const [index, start] of starts.entries()) {
                const outcome = burst[index] ?? 'failed';
                if (!start.admitted) continue;
                await store.settle(keys, start.ticket, outcome);
                if (outcome === 'failed') failures += 1;
              }
              expect(await waitOf(keys)).toBe(failures < 5 ? 0 : MINUTE);
            }
          },
        ),
        { numRuns: 40 },
      );
    });
  });
}
