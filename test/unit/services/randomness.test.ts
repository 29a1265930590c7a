import { expect, it } from 'vitest';

import { systemRandomness } from '../../../src/services/randomness.js';

it('makes another RSA key of 2,048 bits each time', async () => {
  const [one, other] = await Promise.all([systemRandomness.rsaKey(), systemRandomness.rsaKey()]);
  expect(one).toMatchObject({
    type: 'private',
    asymmetricKeyType: 'rsa',
    asymmetricKeyDetails: { modulusLength: 2_048 },
  });
  expect(one.equals(other)).toBe(false);
});
