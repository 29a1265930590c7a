import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createLimitSubjects } from '../../../../src/services/rate-limiting/limit-subjects.js';

const subjects = createLimitSubjects(Buffer.alloc(32, 1));

test('a key tells subjects apart, and shows nothing of them', () => {
  expect(subjects('END_USER', 'alice@example.com')).toMatch(/^[\w-]{22}$/);
  expect(subjects('END_USER', 'alice@example.com')).not.toBe(subjects('ADMIN', 'alice@example.com'));
  expect(subjects('END_USER', 'alice@example.com')).not.toBe(
    createLimitSubjects(Buffer.alloc(32, 2))('END_USER', 'alice@example.com'),
  );
});

test('parts do not run into each other', () => {
  const parts = fc.array(fc.string({ maxLength: 4 }), { maxLength: 3 });
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      expect(subjects(...one) === subjects(...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
  );
});
