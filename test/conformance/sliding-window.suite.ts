import { randomUUID } from 'node:crypto';

import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import {
  stepOf,
  type SlidingWindow,
  type WindowLimit,
} from '../../src/services/rate-limiting/sliding-window.js';
import { FakeClock } from '../support/fake-clock.js';

export interface SlidingWindowUnderTest {
  readonly window: SlidingWindow;
  /** Another instance that shares what is counted, or the same one where there is no sharing. */
  readonly neighbour: SlidingWindow;
  /** How much is kept for a key; undefined where that cannot be seen. */
  entriesOf?(key: string): Promise<number>;
  close(): Promise<void>;
}

const MINUTE = 60_000;
const FIVE: WindowLimit = { max: 5, windowMs: MINUTE };

/** The same by a plain list of all that was ever admitted. */
class NaiveWindow {
  private readonly admitted: { at: number; count: number }[] = [];

  constructor(private readonly limit: WindowLimit) {}

  /** Seen from `now`. */
  usedAt(now: number): number {
    return this.admitted
      .filter(({ at }) => at > now - this.limit.windowMs)
      .reduce((sum, { count }) => sum + count, 0);
  }

  take(now: number, count: number) {
    const { max, windowMs } = this.limit;
    const admitted = this.usedAt(now) + count <= max;
    if (admitted) {
      const step = stepOf(this.limit);
      this.admitted.push({ at: Math.ceil(now / step) * step, count });
    }
    const used = this.usedAt(now);
    const firstTimeWith = (places: number): number => {
      for (const { at } of this.admitted) {
        if (at + windowMs > now && used - this.usedAt(at + windowMs) >= places) return at + windowMs - now;
      }
      return 0;
    };
    return {
      admitted,
      remaining: max - used,
      resetMs: firstTimeWith(1),
      retryAfterMs: admitted ? 0 : firstTimeWith(used + count - max),
    };
  }
}

/** What every sliding window must do, whoever shares it. Each test has keys of its own. */
export function slidingWindowConformance(
  name: string,
  open: (clock: FakeClock) => Promise<SlidingWindowUnderTest>,
): void {
  describe(`${name} keeps the SlidingWindow contract`, () => {
    const clock = new FakeClock(new Date(1_800_000_000_000));
    let subject: SlidingWindowUnderTest;
    let window: SlidingWindow;
    let key: string;

    beforeAll(async () => {
      subject = await open(clock);
      window = subject.window;
    });
    beforeEach(() => {
      key = randomUUID();
      // To the beginning of a step of any window of these tests.
      clock.advance(MINUTE - (clock.now().getTime() % MINUTE));
    });
    afterAll(() => subject.close());

    test('admits max calls, and the next when the first has left the window', async () => {
      for (const remaining of [4, 3, 2, 1, 0]) {
        expect(await window.take(key, FIVE, 1)).toEqual({
          admitted: true,
          remaining,
          resetMs: MINUTE - (4 - remaining) * 1_000,
          retryAfterMs: 0,
        });
        clock.advance(1_000);
      }
      const refused = { admitted: false, remaining: 0, resetMs: 55_000, retryAfterMs: 55_000 };
      expect(await window.take(key, FIVE, 1)).toEqual(refused);
      clock.advance(54_999);
      expect(await window.take(key, FIVE, 1)).toMatchObject({ admitted: false, retryAfterMs: 1 });
      clock.advance(1);
      expect(await window.take(key, FIVE, 1)).toMatchObject({ admitted: true, remaining: 0, resetMs: 1_000 });
      expect(await window.take(key, FIVE, 1)).toMatchObject({ admitted: false, retryAfterMs: 1_000 });
    });

    test('what is refused is not counted', async () => {
      for (let call = 0; call < 50; call += 1) await window.take(key, FIVE, 1);
      clock.advance(MINUTE);
      for (let call = 0; call < 5; call += 1) {
        expect(await window.take(key, FIVE, 1)).toMatchObject({ admitted: true });
      }
    });

    test('several places are taken together, or none of them', async () => {
      expect(await window.take(key, FIVE, 3)).toMatchObject({ admitted: true, remaining: 2 });
      clock.advance(10_000);
      expect(await window.take(key, FIVE, 3)).toMatchObject({
        admitted: false,
        remaining: 2,
        retryAfterMs: 50_000,
      });
      expect(await window.take(key, FIVE, 2)).toMatchObject({ admitted: true, remaining: 0 });
      expect(await window.take(key, FIVE, 5)).toMatchObject({
        admitted: false,
        resetMs: 50_000,
        retryAfterMs: MINUTE,
      });
    });

    test('keys are counted apart, and instances together', async () => {
      for (let call = 0; call < 5; call += 1) await subject.neighbour.take(key, FIVE, 1);
      expect(await window.take(key, FIVE, 1)).toMatchObject({ admitted: false });
      expect(await window.take(`${key}-other`, FIVE, 1)).toMatchObject({ admitted: true });
    });

    test('any number of calls at once are not more than max', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 20 }),
          fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 60 }),
          async (max, counts) => {
            const limit = { max, windowMs: MINUTE };
            const own = randomUUID();
            const fitting = counts.map((count) => Math.min(count, max));
            const verdicts = await Promise.all(
              fitting.map(async (count, call) =>
                (call % 2 ? window : subject.neighbour).take(own, limit, count),
              ),
            );
            const admitted = fitting.filter((_, call) => verdicts[call]?.admitted);
            const sum = admitted.reduce((total, count) => total + count, 0);
            expect(sum).toBeLessThanOrEqual(max);
            // Nor are they fewer than fit.
            for (const [call, count] of fitting.entries()) {
              if (!verdicts[call]?.admitted) expect(sum + count).toBeGreaterThan(max);
            }
          },
        ),
        { numRuns: 40 },
      );
    });

    test('answers as a plain list of all calls would', async () => {
      const calls = fc.array(
        fc.record({
          afterMs: fc.oneof(fc.nat(50), fc.nat(2_000), fc.nat(20_000)),
          count: fc.integer({ min: 1, max: 4 }),
        }),
        { maxLength: 60 },
      );
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(fc.integer({ min: 4, max: 12 }), fc.integer({ min: 601, max: 640 })),
          fc.constantFrom(500, 10_000, MINUTE),
          calls,
          async (max, windowMs, steps) => {
            const limit = { max, windowMs };
            // Large limits are met by large batches.
            const size = max > 600 ? 80 : 1;
            const [own, naive] = [randomUUID(), new NaiveWindow(limit)];
            for (const { afterMs, count } of steps) {
              clock.advance(afterMs);
              expect(await window.take(own, limit, count * size)).toEqual(
                naive.take(clock.now().getTime(), count * size),
              );
            }
          },
        ),
        { numRuns: 60 },
      );
    });

    test('never admits more than max in any stretch of a window’s length', async () => {
      const limit = { max: 7, windowMs: 1_000 };
      const admitted: number[] = [];
      for (let call = 0; call < 400; call += 1) {
        clock.advance(call % 13);
        const now = clock.now().getTime();
        if ((await window.take(key, limit, 1)).admitted) admitted.push(now);
        expect(admitted.filter((at) => at > now - 1_000).length).toBeLessThanOrEqual(7);
      }
      expect(admitted.length).toBeGreaterThan(7);
    });

    test('keeps no more than 601 entries, whatever it admits', async () => {
      const limit = { max: 5_000, windowMs: MINUTE };
      for (let call = 0; call < 1_500; call += 1) {
        await window.take(key, limit, 1);
        clock.advance(60);
      }
      expect(await window.take(key, limit, 1)).toMatchObject({ admitted: true, remaining: 4_000 });
      const entries = await subject.entriesOf?.(key);
      if (entries !== undefined) expect(entries).toBeLessThanOrEqual(602);
    });
  });
}
