import fc from 'fast-check';
import { expect, it } from 'vitest';

import { editDistance } from '../../../src/config/edit-distance.js';

it.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['abc', 'abc', 0],
  ['kitten', 'sitting', 3],
  ['abc', 'acb', 1],
  ['abc', 'bca', 2],
  ['DATABSE', 'DATABASE', 1],
])('from %o to %o it is %i', (from, to, distance) => {
  expect(editDistance(from, to)).toBe(distance);
});

it('is the same both ways, and no more than the longer text has characters', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (one, other) => {
      const distance = editDistance(one, other);
      expect(editDistance(other, one)).toBe(distance);
      expect(distance === 0).toBe(one === other);
      expect(distance).toBeLessThanOrEqual(Math.max(one.length, other.length));
    }),
  );
});
