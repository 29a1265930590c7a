import { expect, it } from 'vitest';

import { requireBoundedAttributes } from '../../../../src/services/users/input-bounds.js';

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
