import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { createPace } from '../../../../src/services/authentication/pace.js';
import { FakeClock } from '../../../support/fake-clock.js';

const STEP_MS = 250;

const paceOn = (clock: FakeClock) =>
  createPace({ stepMs: STEP_MS, clock, sleep: async (milliseconds) => clock.advance(milliseconds) });

describe('what is paced', () => {
  test('ends with a step, whether it succeeds or fails, and whatever it takes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: 3_000 }), fc.boolean(), async (takes, succeeds) => {
        const clock = new FakeClock(new Date(0));
        const paced = paceOn(clock)(async () => {
          clock.advance(takes);
          if (!succeeds) throw new Error('No.');
          return 'yes';
        });
        expect(await paced.catch((error: Error) => error.message)).toBe(succeeds ? 'yes' : 'No.');
        const ended = clock.now().getTime();
        expect(ended % STEP_MS).toBe(0);
        expect(ended).toBeGreaterThan(takes);
        expect(ended).toBeLessThanOrEqual(takes + STEP_MS);
      }),
    );
  });

  test('waits for no more than a step where the clock is put back', async () => {
    const clock = new FakeClock(new Date(10_000));
    await paceOn(clock)(async () => clock.advance(-5_000));
    expect(clock.now().getTime()).toBe(5_000 + STEP_MS);
  });
});
