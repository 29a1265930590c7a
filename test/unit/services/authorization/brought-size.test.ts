import fc from 'fast-check';
import { expect, it } from 'vitest';

import { broughtSize } from '../../../../src/services/authorization/brought-size.js';
import { MAX_RECORD_SIZE } from '../../../../src/services/authorization/question-check.js';

it('is nothing where nothing is brought', () => {
  expect(broughtSize([])).toBe(0);
  expect(broughtSize([{}, { context: null, resourceAttributes: undefined }])).toBe(0);
});

it('counts what is shared as often as it is brought', () => {
  const shared = { text: 'x'.repeat(1_000) };
  const once = broughtSize([{ context: shared }]);
  expect(once).toBeGreaterThan(1_000);
  expect(broughtSize([{ context: shared, resourceAttributes: shared }, { context: shared }])).toBe(3 * once);
});

it('goes by the length of the JSON', () => {
  const record = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown>);
  fc.assert(
    fc.property(record, (context) => {
      const { length } = JSON.stringify(context);
      const size = broughtSize([{ context }]);
      expect(size).toBeGreaterThanOrEqual(Math.min(length, MAX_RECORD_SIZE) / 6);
      expect(size).toBeLessThanOrEqual(length * 4 + 8);
    }),
  );
});

it('looks no further than any question goes, however deep and large', () => {
  let deep: Record<string, unknown> = {};
  for (let level = 0; level < 200_000; level += 1) deep = { in: deep };
  const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, index]));
  expect(broughtSize([{ context: deep }, { context: wide }])).toBe(2 * MAX_RECORD_SIZE);
});
