import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonicalAddress } from '../../src/ip-address.js';

describe('canonicalAddress', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:555', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['[::FFFF:c000:201]:443', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
    [`fe80::1%${'x'.repeat(10_000)}`, 'fe80::1'],
    ['[fe80::1%eth0]:443', 'fe80::1'],
    ['::ffff:192.0.2.1%eth0', '192.0.2.1'],
    ['::1', '::1'],
    ['::', '::'],
    // Not mapped, however much it looks like it.
    ['::ffff:0:0:0', '::ffff:0:0:0'],
  ])('reads %s as %s', (text, address) => {
    expect(canonicalAddress(text)).toBe(address);
  });

  it.each([
    '',
    'unknown',
    'example.com',
    '192.0.2',
    '192.0.2.1:',
    '192.0.2.1:123456',
    '192.0.2.256',
    '192.0.2.01',
    '192.0.2.1%eth0',
    '192.0.2.1/32',
    ' 192.0.2.1',
    '[]',
    '[2001:db8::1',
    '2001:db8::1]',
    '[2001:db8::1]443',
    '[[::1]]',
    '2001:db8::1::2',
    '_hidden',
  ])('reads %j as none', (text) => {
    expect(canonicalAddress(text)).toBeUndefined();
  });

  it('reads what it has written as the same', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const address = canonicalAddress(text);
        expect(address).toMatch(/^[\da-f:.]{2,39}$/);
        expect(canonicalAddress(address ?? '')).toBe(address);
      }),
    );
  });
});
