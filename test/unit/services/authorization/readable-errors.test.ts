import fc from 'fast-check';
import { expect, it } from 'vitest';

import { readableErrors } from '../../../../src/services/authorization/readable-errors.js';
import { isWellFormed } from '../../../../src/services/cedar/values.js';

it('keeps what is short as it is', () => {
  const errors = ['one', 'x'.repeat(500), '', 'four', 'five'];
  expect(readableErrors(errors)).toBe(errors);
});

it('keeps the beginning and the end of what is long', () => {
  const [error] = readableErrors([`It begins. ${'x'.repeat(100_000)} It ends.`]);
  expect(error).toMatch(/^It begins\. x+ … x+ It ends\.$/);
  expect(error).toHaveLength(503);
});

it('counts what it leaves out', () => {
  const errors = Array.from({ length: 50_000 }, (_, index) => `${index}`);
  expect(readableErrors(errors)).toEqual(['0', '1', '2', '3', '4', 'And 49995 more.']);
});

it('is never long, and breaks no character', () => {
  const text = fc.string({ unit: 'grapheme', maxLength: 2_000, size: 'max' });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 10 }), (errors) => {
      const readable = readableErrors(errors);
      expect(readable.join('').length).toBeLessThan(5 * 503 + 20);
      for (const error of readable) expect(isWellFormed(error)).toBe(true);
    }),
  );
});
