import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { screenJson, type ScreeningFault } from '../../../../src/services/cedar/screening.js';

const nested = (depth: number): unknown => {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
};

describe('screenJson', () => {
  it.each<[string, unknown, ScreeningFault, string]>([
    ['null', { a: [1, null] }, 'NULL', 'a[1]'],
    ['undefined', { a: undefined }, 'NOT_JSON', 'a'],
    ['a function', [() => 1], 'NOT_JSON', '[0]'],
    ['a bigint', 1n, 'NOT_JSON', ''],
    ['a date', { at: new Date(0) }, 'NOT_JSON', 'at'],
    ['a map', new Map(), 'NOT_JSON', ''],
    ['a fraction', { a: { b: 1.5 } }, 'NOT_AN_INTEGER', 'a.b'],
    ['infinity', Infinity, 'NOT_AN_INTEGER', ''],
    ['an unsafe integer', 2 ** 53, 'UNSAFE_INTEGER', ''],
    ['half a surrogate pair', 'a\ud800', 'MALFORMED_TEXT', ''],
    ['half a surrogate pair in a key', { '\udc00': 1 }, 'MALFORMED_TEXT', '\udc00'],
    ['too large a text', 'x'.repeat(1_048_576), 'TOO_LARGE', ''],
    ['too many values', new Array(1_048_577).fill(1), 'TOO_LARGE', ''],
  ])('refuses %s and says where', (_what, value, fault, path) => {
    expect(screenJson(value)).toMatchObject({ ok: false, fault, path });
  });

  it('admits 100 levels and refuses 101, 500 and 100,000', () => {
    expect(screenJson(nested(100))).toEqual({ ok: true });
    for (const depth of [101, 500, 100_000]) {
      expect(screenJson(nested(depth))).toMatchObject({ ok: false, fault: 'TOO_DEEP' });
    }
  });

  it('refuses what contains itself, however often', () => {
    const circle: unknown[] = [];
    circle.push(circle, circle);
    expect(screenJson(circle)).toMatchObject({ ok: false });
  });

  it('admits whatever JSON has no null, fraction or broken text in it', () => {
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 5 },
        fc.boolean(),
        fc.maxSafeInteger(),
        fc.string({ unit: 'grapheme' }),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.string({ unit: 'grapheme' }), tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(fc.property(value, (json) => screenJson(json).ok));
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true }), (value) => {
        expect(typeof screenJson(value).ok).toBe('boolean');
      }),
    );
  });
});
