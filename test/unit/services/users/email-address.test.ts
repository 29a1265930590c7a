import fc from 'fast-check';
import { expect, test } from 'vitest';

import { normalizeEmail } from '../../../../src/services/users/email-address.js';

const tried = (input: string): string | undefined => {
  try {
    return normalizeEmail(input);
  } catch (error) {
    expect(error).toMatchObject({ code: 'BAD_USER_INPUT' });
    return undefined;
  }
};

test.each([
  ['trimmed and in lower case', '  Frida.Kahlo@Example.COM ', 'frida.kahlo@example.com'],
  ['with its characters composed', 'Zoe\u0308@example.com', 'zoë@example.com'],
  ['with full-width characters as plain ones', 'Ａ\u030aｌｉｃｅ＠Ｅｘａｍｐｌｅ．com', 'ålice@example.com'],
  ['with its domain as the mail carries it', 'info@Bücher.example', 'info@xn--bcher-kva.example'],
  ['with a domain that looks like a number as it is', 'root@127.1', 'root@127.1'],
])('an address is compared %s', (_how, input, expected) => {
  expect(normalizeEmail(input)).toBe(expected);
});

test.each([
  ['nothing', ''],
  ['no domain', 'frida'],
  ['two signs', 'a@b@c'],
  ['a blank inside', 'fri da@example.com'],
  ['more than 128 characters', `${'a'.repeat(120)}@example.com`],
  ['no domain that there could be', 'a@xn--iñvalid.example'],
])('%s is no address', (_what, input) => {
  expect(() => normalizeEmail(input)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
});

test('a normal form is its own, and the same in whatever way its characters are composed', () => {
  const part = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 24 });
  fc.assert(
    fc.property(part, part, (local, domain) => {
      const normal = tried(`${local}@${domain}`);
      if (normal === undefined) return;
      expect(normalizeEmail(normal)).toBe(normal);
      expect(normalizeEmail(`${local}@${domain}`.normalize('NFD'))).toBe(normal);
    }),
    { numRuns: 1_000 },
  );
});

test('an address of ASCII is only put in lower case', () => {
  const part = fc.string({ unit: fc.constantFrom(...'abYZ019.-_+%'), minLength: 1, maxLength: 24 });
  fc.assert(
    fc.property(part, part, (local, domain) => {
      expect(normalizeEmail(`${local}@${domain}`)).toBe(`${local}@${domain}`.toLowerCase());
    }),
  );
});
