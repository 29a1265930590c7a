import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createMemorySlidingWindow } from '../../../../src/services/rate-limiting/memory-sliding-window.js';
import { FakeClock } from '../../../support/fake-clock.js';

const MINUTE = 60_000;
const TWO = { max: 2, windowMs: MINUTE };

test('keys that find no place share one window between them, until it is empty', async () => {
  const clock = new FakeClock();
  const window = createMemorySlidingWindow({ clock, maxKeys: 2 });
  const isAdmitted = async (key: string) => (await window.take(key, TWO, 1)).admitted;
  expect(await isAdmitted('one')).toBe(true);
  expect(await isAdmitted('two')).toBe(true);
  expect(await isAdmitted('three')).toBe(true);
  expect(await isAdmitted('four')).toBe(true);
  expect(await isAdmitted('five')).toBe(false);
  // Who has a place keeps it.
  expect(await isAdmitted('one')).toBe(true);
  // Another limit has a window of its own.
  expect(await window.take('six', { max: 3, windowMs: MINUTE }, 3)).toMatchObject({ admitted: true });
  clock.advance(MINUTE + 100);
  for (const key of ['three', 'four']) {
    expect(await isAdmitted(key)).toBe(true);
    expect(await isAdmitted(key)).toBe(true);
    expect(await isAdmitted(key)).toBe(false);
  }
});

test('however few keys are kept, none is admitted more than its limit', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ key: fc.nat(6), afterMs: fc.nat(30_000) }), { maxLength: 80 }),
      async (calls) => {
        const clock = new FakeClock();
        const window = createMemorySlidingWindow({ clock, maxKeys: 2 });
        const admitted: { key: number; at: number }[] = [];
        for (const { key, afterMs } of calls) {
          clock.advance(afterMs);
          const now = clock.now().getTime();
          if ((await window.take(String(key), TWO, 1)).admitted) admitted.push({ key, at: now });
          const within = admitted.filter((call) => call.key === key && call.at > now - MINUTE);
          expect(within.length).toBeLessThanOrEqual(TWO.max);
        }
      },
    ),
  );
});

test('answers at once', () => {
  const window = createMemorySlidingWindow({ clock: new FakeClock() });
  expect(window.take('key', TWO, 1)).toMatchObject({ admitted: true, remaining: 1 });
});

test('a clock that is set back frees nobody’s place', async () => {
  const clock = new FakeClock();
  const window = createMemorySlidingWindow({ clock });
  await window.take('key', TWO, 1);
  clock.advance(-10_000);
  await window.take('key', TWO, 1);
  expect(await window.take('key', TWO, 1)).toMatchObject({ admitted: false });
});
