import { describe, expect, it } from 'vitest';

import {
  attributeValue,
  toCedarValue,
} from '../../../../src/embedded/verified-permissions/attribute-values.js';

describe('attribute values', () => {
  it.each([
    [{ long: -5 }, -5],
    [{ string: '' }, ''],
    [{ boolean: false }, false],
    [{ set: [{ long: 1 }, { set: [] }] }, [1, []]],
    [{ record: { toString: { long: 1 } } }, { toString: 1 }],
    [{ entityIdentifier: { entityType: 'A::B', entityId: 'x' } }, { __entity: { type: 'A::B', id: 'x' } }],
    [{ ipaddr: '::1' }, { __extn: { fn: 'ip', arg: '::1' } }],
    [{ decimal: '1.23' }, { __extn: { fn: 'decimal', arg: '1.23' } }],
    [{ datetime: '2024-01-01' }, { __extn: { fn: 'datetime', arg: '2024-01-01' } }],
    [{ duration: '1h' }, { __extn: { fn: 'duration', arg: '1h' } }],
  ])('%j becomes %j', (typed, cedar) => {
    expect(toCedarValue(attributeValue.parse(typed))).toEqual(cedar);
  });

  it.each([
    [{}],
    [{ long: '5' }],
    [{ long: 1.5 }],
    [{ long: 1, string: 'x' }],
    [{ nothing: 1 }],
    [JSON.parse('{"record":{"__proto__":{"long":1}}}') as unknown],
    [[]],
    [null],
    ['x'],
  ])('%j is refused', (wrong) => {
    expect(attributeValue.safeParse(wrong).success).toBe(false);
  });
});
