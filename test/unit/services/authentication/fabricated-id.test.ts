import fc from 'fast-check';
import { expect, test } from 'vitest';

import { fabricateId } from '../../../../src/services/authentication/fabricated-id.js';
import { systemRandomness } from '../../../../src/services/randomness.js';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const cognitoLike = fc
  .tuple(hex(4), hex(1), hex(1), hex(1), hex(2), hex(4), hex(12))
  .map(
    ([a, b, c, d, e, f, g]) =>
      `${a.slice(0, 1)}4${a.slice(1, 2)}8${a.slice(2, 3)}4${b}8-${c}0${d}1-70${e}-${f}-${g}`,
  );
const like =
  /^[0-9a-f]4[0-9a-f]8[0-9a-f]4[0-9a-f]8-[0-9a-f]0[0-9a-f]1-70[0-9a-f]{2}-[0-9a-f]{4}-[0-9a-f]{12}$/;

test('a made-up id keeps what all ids of the pool have alike', () => {
  fc.assert(
    fc.property(fc.array(cognitoLike, { minLength: 8, maxLength: 60 }), (samples) => {
      expect(fabricateId(samples, systemRandomness)).toMatch(like);
    }),
  );
});

test('of few samples nothing is learnt, and none of them is given away', () => {
  const sample = '34c84488-e0e1-70ae-d2ee-991ad1a898c8';
  for (const samples of [[], [sample], ['nonsense']]) {
    const made = fabricateId(samples, systemRandomness);
    expect(made).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(made).not.toBe(sample);
  }
});
