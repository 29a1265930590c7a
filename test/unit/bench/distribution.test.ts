import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  describeDistributions,
  distinguishability,
  probabilityGreater,
  quantile,
  sparklines,
} from '../../../bench/distribution.js';

const samples = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 30 });

describe('a quantile', () => {
  it('lies between two samples by proportion', () => {
    expect([0, 0.25, 0.5, 1].map((share) => quantile([4, 1, 3, 2], share))).toEqual([1, 1.75, 2.5, 4]);
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('two distributions', () => {
  it('are compared as all pairs of samples are, ties counted by half', () => {
    fc.assert(
      fc.property(samples, samples, (ours, others) => {
        const pairs = ours.flatMap((one) => others.map((other) => (Math.sign(one - other) + 1) / 2));
        const expected = pairs.reduce((sum, won) => sum + won, 0) / pairs.length;
        expect(probabilityGreater(ours, others)).toBeCloseTo(expected, 10);
      }),
    );
  });

  it('cannot be told apart when they are alike, and always when they do not meet, whichever is greater', () => {
    fc.assert(
      fc.property(samples, (ours) => {
        const others = ours.map((sample) => sample + 21);
        expect(distinguishability(ours, ours)).toBeCloseTo(0.5, 10);
        expect(distinguishability(ours, others)).toBe(1);
        expect(distinguishability(others, ours)).toBe(1);
      }),
    );
  });

  it('are drawn over one range', () => {
    const [low = '', high = ''] = sparklines([
      { name: 'low', samples: Array.from({ length: 50 }, () => 1) },
      { name: 'high', samples: Array.from({ length: 50 }, () => 9) },
    ]);
    expect(low).toMatch(/^█ +$/);
    expect(high).toMatch(/^ +█$/);
    expect(low).toHaveLength(high.length);
  });

  it('are told in a line each', () => {
    const lines = describeDistributions([
      { name: 'an account', samples: [1, 2, 3] },
      { name: 'none', samples: [2] },
    ]);
    expect(lines[0]).toMatch(
      /^an account {2}p10 +1\.2 ms {2}p50 +2\.0 ms {2}p90 +2\.8 ms {2}p99 +3\.0 ms {2}/,
    );
    expect(lines[1]).toMatch(/^none {8}p10 +2\.0 ms/);
  });
});
