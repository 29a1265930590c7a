import { expect, test } from 'vitest';

import { normalizeEmail } from '../../../../src/services/users/email-address.js';

test('an address is compared trimmed and in lower case', () => {
  expect(normalizeEmail('  Frida.Kahlo@Example.COM ')).toBe('frida.kahlo@example.com');
});

test.each([
  ['nothing', ''],
  ['no domain', 'frida'],
  ['two signs', 'a@b@c'],
  ['a blank inside', 'fri da@example.com'],
  ['more than 128 characters', `${'a'.repeat(120)}@example.com`],
])('%s is no address', (_what, input) => {
  expect(() => normalizeEmail(input)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }));
});
