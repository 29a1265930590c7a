import { expect, it } from 'vitest';

import { hashPassword, passwordMatches } from '../../../../src/embedded/cognito/password-hashing.js';
import { hashCheaply } from '../../../support/cheap-passwords.js';

it("hashes at the cost of OWASP's minimum", async () => {
  expect(await hashPassword('Correct-horse-7')).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
});

it.each([hashPassword, hashCheaply])('knows the password of a hash, at whatever cost', async (hash) => {
  const hashed = await hash('Correct-horse-7');
  expect(await passwordMatches('Correct-horse-7', hashed)).toBe(true);
  expect(await passwordMatches('Correct-horse-8', hashed)).toBe(false);
});
