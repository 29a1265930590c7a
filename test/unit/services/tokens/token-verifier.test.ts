import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT, type JWK } from 'jose';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { CognitoPools } from '../../../../src/services/cognito/pools.js';
import { issuerOf } from '../../../../src/services/cognito/pools.js';
import { createTokenVerifier, type TokenVerifier } from '../../../../src/services/tokens/token-verifier.js';
import { FakeClock } from '../../../support/fake-clock.js';

const pools: CognitoPools = {
  ADMIN: { userType: 'ADMIN', poolId: 'eu-west-1_Admins', clientId: 'adminclient' },
  END_USER: { userType: 'END_USER', poolId: 'eu-west-1_People', clientId: 'peopleclient' },
};
const ISSUER = issuerOf(pools.END_USER.poolId);
const ADMIN_ISSUER = issuerOf(pools.ADMIN.poolId);

interface Key {
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly jwk: JWK;
}

const makeKey = async (kid: string): Promise<Key> => {
  const pair = await generateKeyPair('RS256', { extractable: true });
  return { kid, ...pair, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg: 'RS256', use: 'sig' } };
};

let known: Key;
let foreign: Key;
let rotated: Key;
beforeAll(async () => {
  [known, foreign, rotated] = await Promise.all([makeKey('known'), makeKey('foreign'), makeKey('rotated')]);
});

const clock = new FakeClock();
let published: JWK[] = [];
let fetches = 0;
let isReachable = true;
let whileFetching: () => void;
let verifier: TokenVerifier;

beforeEach(() => {
  published = [known.jwk];
  fetches = 0;
  isReachable = true;
  whileFetching = () => {};
  verifier = createTokenVerifier({
    pools,
    clock,
    jwks: async () => {
      fetches += 1;
      whileFetching();
      if (!isReachable) throw new Error('No route to host.');
      return { keys: published };
    },
  });
});

const seconds = () => Math.floor(clock.now().getTime() / 1000);
const claims = (changes: Record<string, unknown> = {}) => ({
  sub: '34c84488-e0e1-70ae-d2ee-991ad1a898c8',
  iss: ISSUER,
  client_id: 'peopleclient',
  origin_jti: 'family',
  jti: 'token',
  token_use: 'access',
  auth_time: seconds() - 60,
  iat: seconds() - 1,
  exp: seconds() + 900,
  ...changes,
});
const sign = (payload: Record<string, unknown>, key = known, header: { kid?: string } = { kid: key.kid }) =>
  new SignJWT(payload).setProtectedHeader({ alg: 'RS256', ...header }).sign(key.privateKey);

const UNAUTHENTICATED = {
  code: 'UNAUTHENTICATED',
  message: 'The credential is not valid. Sign in again.',
};

test('a genuine token says who, since when, of which sign-in, and for how long', async () => {
  const payload = claims();
  await expect(verifier.verify(await sign(payload))).resolves.toEqual({
    userId: payload.sub,
    userType: 'END_USER',
    family: 'family',
    tokenId: 'token',
    authenticatedAt: new Date(payload.auth_time * 1000),
    issuedAt: new Date(payload.iat * 1000),
    expiresAt: new Date(payload.exp * 1000),
  });
});

test('the pool that issued a token says what kind of person it stands for', async () => {
  const token = await sign(claims({ iss: ADMIN_ISSUER, client_id: 'adminclient' }));
  await expect(verifier.verify(token)).resolves.toMatchObject({ userType: 'ADMIN' });
});

describe('a token is refused, always with the same words,', () => {
  test.each<[string, () => Promise<string> | string]>([
    ['that is no token', () => 'not a token'],
    ['that is empty', () => ''],
    ['that is cut short', async () => (await sign(claims())).slice(0, -1)],
    ['that is longer than any', () => 'a'.repeat(8_193)],
    ['that is not signed (alg none)', () => new UnsecuredJWT(claims()).encode()],
    [
      'that is signed HS256 with the public key',
      async () =>
        new SignJWT(claims())
          .setProtectedHeader({ alg: 'HS256', kid: 'known' })
          .sign(new TextEncoder().encode(await exportSPKI(known.publicKey))),
    ],
    ['that names no key', () => sign(claims(), known, {})],
    ['of a foreign key', () => sign(claims(), foreign)],
    ['of a foreign key under a known name', () => sign(claims(), foreign, { kid: 'known' })],
    ['of a pool that is not ours', () => sign(claims({ iss: issuerOf('eu-west-1_Foreign') }))],
    ['of the other pool’s client', () => sign(claims({ client_id: 'adminclient' }))],
    ['that is an ID token', () => sign(claims({ token_use: 'id', aud: 'peopleclient' }))],
    ['that has expired this very second', () => sign(claims({ exp: seconds() }))],
    ['from the future', () => sign(claims({ iat: seconds() + 31 }))],
    ['that is not valid yet', () => sign(claims({ nbf: seconds() + 10 }))],
    ['whose subject is no text', () => sign(claims({ sub: '' }))],
    ['whose auth_time is no number', () => sign(claims({ auth_time: 'now' }))],
    ...(
      ['sub', 'jti', 'origin_jti', 'auth_time', 'iat', 'exp', 'client_id', 'token_use', 'iss'] as const
    ).map((name): [string, () => Promise<string>] => [
      `without ${name}`,
      () => sign(Object.fromEntries(Object.entries(claims()).filter(([claim]) => claim !== name))),
    ]),
  ])('%s', async (_what, make) => {
    await expect(verifier.verify(await make())).rejects.toMatchObject(UNAUTHENTICATED);
  });

  test('any of whose characters was changed, the genuine one having been seen', async () => {
    const token = await sign(claims());
    await verifier.verify(token);
    for (let at = 0; at < token.length; at += 17) {
      const altered = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
      await expect(verifier.verify(altered)).rejects.toMatchObject(UNAUTHENTICATED);
    }
  });

  test('that was good, and expires while keys are fetched in vain', async () => {
    const aDay = 24 * 60 * 60;
    const token = await sign(claims({ exp: seconds() + aDay + 1 }));
    await verifier.verify(token);
    clock.advance(aDay * 1_000);
    isReachable = false;
    whileFetching = () => clock.advance(2_000);
    await expect(verifier.verify(token)).rejects.toMatchObject(UNAUTHENTICATED);
  });

  test('that was good, from the second on in which it expires', async () => {
    const token = await sign(claims({ exp: seconds() + 60 }));
    await verifier.verify(token);
    clock.advance(59_000);
    await expect(verifier.verify(token)).resolves.toMatchObject({ tokenId: 'token' });
    clock.advance(1_000);
    await expect(verifier.verify(token)).rejects.toMatchObject(UNAUTHENTICATED);
  });
});

describe('keys', () => {
  test('are fetched once for many tokens at once', async () => {
    const token = await sign(claims());
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)));
    expect(fetches).toBe(1);
  });

  test('that are new are fetched when a token names one, and made-up names do not become a flood', async () => {
    await verifier.verify(await sign(claims()));
    published = [known.jwk, rotated.jwk];
    const token = await sign(claims(), rotated);
    await expect(verifier.verify(token)).rejects.toMatchObject(UNAUTHENTICATED);
    expect(fetches).toBe(1);
    clock.advance(30_000);
    await expect(verifier.verify(await sign(claims(), rotated))).resolves.toBeDefined();
    expect(fetches).toBe(2);
    for (let times = 0; times < 5; times++) {
      await expect(verifier.verify(await sign(claims(), foreign))).rejects.toMatchObject(UNAUTHENTICATED);
    }
    expect(fetches).toBe(2);
  });

  test('that were withdrawn stop working within a day', async () => {
    const seenBefore = await sign(claims({ exp: seconds() + 2 * 24 * 60 * 60 }));
    await verifier.verify(seenBefore);
    published = [rotated.jwk];
    clock.advance(24 * 60 * 60 * 1000);
    await expect(verifier.verify(await sign(claims()))).rejects.toMatchObject(UNAUTHENTICATED);
    await expect(verifier.verify(seenBefore)).rejects.toMatchObject(UNAUTHENTICATED);
  });

  test('that cannot be fetched leave the question open: nobody is refused for it', async () => {
    isReachable = false;
    await expect(verifier.verify(await sign(claims()))).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      retryable: true,
    });
    isReachable = true;
    await expect(verifier.verify(await sign(claims()))).resolves.toBeDefined();
  });

  test('that are old go on working while the issuer does not answer', async () => {
    await verifier.verify(await sign(claims()));
    isReachable = false;
    clock.advance(25 * 60 * 60 * 1000);
    await expect(verifier.verify(await sign(claims()))).resolves.toBeDefined();
  });
});
