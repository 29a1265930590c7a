import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { smallest } from '../../../fuzz/smallest.js';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('the smallest that fails', () => {
  it('is what it takes, in its order, of whatever size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 80 }), fc.array(fc.nat(79)), async (count, wanted) => {
        const culprits = [...new Set(wanted.filter((one) => one < count))].sort((a, b) => a - b);
        const fails = async (some: readonly number[]) => culprits.every((one) => some.includes(one));
        expect(await smallest(numbers(count), fails)).toEqual(culprits);
      }),
    );
  });

  it('can spare nothing, even where parts stand in for others', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(19), { minLength: 1, maxLength: 4 }), { minLength: 1 }),
        async (ways) => {
          const fails = async (some: readonly number[]) =>
            ways.some((way) => way.every((one) => some.includes(one)));
          const found = await smallest(numbers(20), fails);
          expect(await fails(found)).toBe(true);
          for (const one of found) expect(await fails(found.filter((other) => other !== one))).toBe(false);
        },
      ),
    );
  });

  it('takes few tries of many parts', async () => {
    let tries = 0;
    await smallest(numbers(1_000), async (some) => {
      tries += 1;
      return some.includes(617);
    });
    expect(tries).toBeLessThan(40);
  });

  it('is what was found in the time there is', async () => {
    let left = 3;
    const found = await smallest(
      numbers(64),
      async (some) => some.includes(0),
      () => (left -= 1) >= 0,
    );
    expect(found.length).toBeLessThan(64);
    expect(found).toContain(0);
  });
});
