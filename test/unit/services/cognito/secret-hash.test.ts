import { createHmac } from 'node:crypto';

import { expect, test } from 'vitest';

import { issuerOf } from '../../../../src/services/cognito/pools.js';
import { secretHash } from '../../../../src/services/cognito/secret-hash.js';

const pool = { userType: 'ADMIN', poolId: 'eu-west-1_Pool', clientId: 'client' } as const;

test('a client without a secret proves nothing', () => expect(secretHash(pool, 'frida')).toBeUndefined());

test('the proof is the HMAC of user name and client id under the secret', () => {
  expect(secretHash({ ...pool, clientSecret: 'secret' }, 'frida')).toBe(
    createHmac('sha256', 'secret').update('fridaclient').digest('base64'),
  );
});

test('an issuer names the Region of its pool', () => {
  expect(issuerOf('eu-west-1_Pool')).toBe('https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Pool');
  expect(issuerOf('cn-north-1_Pool')).toBe('https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_Pool');
});
