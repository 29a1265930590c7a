import fc from 'fast-check';
import { expect, test } from 'vitest';

import { CALLER, createLimitSubjects } from '../../../../src/services/rate-limiting/limit-subjects.js';

const subjects = createLimitSubjects(Buffer.alloc(32, 1));

test('a key tells subjects apart, and shows nothing of them', () => {
  expect(subjects('END_USER', 'alice@example.com')).toMatch(/^[\w-]{22}$/);
  expect(subjects('END_USER', 'alice@example.com')).not.toBe(subjects('ADMIN', 'alice@example.com'));
  expect(subjects('END_USER', 'alice@example.com')).not.toBe(
    createLimitSubjects(Buffer.alloc(32, 2))('END_USER', 'alice@example.com'),
  );
});

test('parts do not run into each other', () => {
  const parts = fc.array(fc.oneof(fc.constant(CALLER), fc.string({ maxLength: 4 })), { maxLength: 3 });
  fc.assert(
    fc.property(parts, parts, (one, other) => {
      expect(subjects(...one) === subjects(...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
    }),
  );
});

test('the key of a caller stays the same, remembered or not', () => {
  const keyOf = (id: string) => subjects('limit', CALLER, id);
  const ids = Array.from({ length: 1_500 }, (_, number) => `caller-${number}`);
  const first = ids.map(keyOf);
  const byAnother = createLimitSubjects(Buffer.alloc(32, 1));
  expect(ids.map(keyOf)).toEqual(first);
  expect(ids.map((id) => byAnother('limit', CALLER, id))).toEqual(first);
  expect(new Set(first).size).toBe(ids.length);
});
