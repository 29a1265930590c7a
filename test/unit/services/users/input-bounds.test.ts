import fc from 'fast-check';
import { expect, it } from 'vitest';

import { requireBoundedAttributes, requirePassword } from '../../../../src/services/users/input-bounds.js';

it.each(['a\r\nBcc: everybody@example.com', 'a\nb', 'a\0b', 'a\u0085b', '\u001b[2J'])(
  'a name holds no control characters: %j',
  (name) => {
    for (const argument of ['givenName', 'familyName']) {
      expect(() => requireBoundedAttributes({ [argument]: name })).toThrow(
        expect.objectContaining({ code: 'BAD_USER_INPUT', details: { argument } }) as Error,
      );
    }
  },
);

it.each(['Frida', 'Ana María', 'O’Neill', '王小明', 'Zoë 👩‍🎨', ''])('any other name is fine: %j', (name) => {
  expect(() => requireBoundedAttributes({ givenName: name, familyName: name })).not.toThrow();
});

it('a name has at most 2,048 characters', () => {
  expect(() => requireBoundedAttributes({ givenName: 'a'.repeat(2_048) })).not.toThrow();
  expect(() => requireBoundedAttributes({ givenName: 'a'.repeat(2_049) })).toThrow(/at most 2048/);
});

it('a password is the same however its characters are composed and whichever spaces part it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }), (password) => {
      const compared = requirePassword(password);
      expect(requirePassword(compared)).toBe(compared);
      expect(requirePassword(password.normalize('NFD'))).toBe(compared);
      expect(requirePassword(compared.replaceAll(' ', '\u00a0'))).toBe(compared);
    }),
  );
});

it('a password keeps its case, its compatible characters and all else that is somebody’s own', () => {
  for (const password of ['Straße ①', 'ﬁnal-İI', '２²', ' x ', 'tab\tbed']) {
    expect(requirePassword(password)).toBe(password);
  }
});

it.each(['\0', 'a\0b', '\ud800', '\udc00\ud800'])('a password is text, which %j is not', (password) => {
  expect(() => requirePassword(password, 'newPassword')).toThrow(
    expect.objectContaining({ code: 'BAD_USER_INPUT', details: { argument: 'newPassword' } }) as Error,
  );
});
