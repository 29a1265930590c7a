import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { median, medianRatio, takeTurns } from '../../../bench/rounds.js';

const samples = fc.array(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), { minLength: 1 });

describe('takeTurns', () => {
  it('measures one after the other, every other round backwards', async () => {
    const order: string[] = [];
    const contender = (name: string) => () => order.push(name);
    const taken = await takeTurns({ a: contender('a'), b: contender('b'), c: contender('c') }, 3);
    expect(order.join('')).toBe('abccbaabc');
    expect(taken).toEqual({ a: [1, 6, 7], b: [2, 5, 8], c: [3, 4, 9] });
  });
});

describe('median', () => {
  it('has as many samples below it as above', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const middle = median(values);
        const below = values.filter((value) => value < middle).length;
        const above = values.filter((value) => value > middle).length;
        expect(Math.max(below, above)).toBeLessThanOrEqual(values.length / 2);
      }),
    );
  });

  it('lies between the two in the middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('is refused for nothing', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

it('a slow round leaves the median of ratios alone', () => {
  expect(medianRatio([20, 2, 22], [10, 1, 11])).toBe(2);
  expect(medianRatio([20, 2, 22], [10, 100, 11])).toBe(2);
});
