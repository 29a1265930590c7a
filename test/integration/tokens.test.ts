import { exportJWK, generateKeyPair, SignJWT, decodeJwt, decodeProtectedHeader, type JWTPayload } from 'jose';
import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { RunningApp, type SignedIn } from '../support/running-app.js';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an access token', () => {
  let app: RunningApp;
  let alice: SignedIn;
  let admin: SignedIn;
  beforeAll(async () => {
    app = await RunningApp.start();
    alice = await app.signIn('alice@example.com');
    admin = await app.signIn('admin@example.com');
  });
  afterAll(() => app.stop());

  const refused = async (token: string) => {
    const { data, faults, status } = await app.ask('{ me { id } }', { token });
    expect({ data, faults, status }).toEqual({
      data: { me: null },
      faults: ['UNAUTHENTICATED at me'],
      status: 200,
    });
  };
  const claims = () => decodeJwt(alice.accessToken);
  const header = () => decodeProtectedHeader(alice.accessToken);
  const signature = () => alice.accessToken.split('.')[2] ?? '';

  it('is accepted as it was given out', async () => {
    expect((await app.ask('{ me { id } }', { token: alice.accessToken })).data).toEqual({
      me: { id: alice.user.id },
    });
  });

  it('without a signature is refused', async () => {
    await refused(`${encode({ alg: 'none', kid: header().kid })}.${encode(claims())}.`);
    await refused(`${encode({ ...header(), alg: 'none' })}.${encode(claims())}.${signature()}`);
  });

  it('signed HS256 with the public key is refused', async () => {
    const issuer = String(claims().iss);
    const jwks = await app.app.embedded!.cognitoEngine.jwks(issuer.slice(issuer.lastIndexOf('/') + 1));
    for (const secret of [JSON.stringify(jwks?.keys[0]), String(jwks?.keys[0]?.n)]) {
      const content = `${encode({ alg: 'HS256', kid: header().kid })}.${encode(claims())}`;
      await refused(`${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`);
    }
  });

  it('signed with a key of somebody else is refused, whatever kid it names', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256');
    const forge = (kid: string, more: object = {}) =>
      new SignJWT(claims()).setProtectedHeader({ alg: 'RS256', kid, ...more }).sign(privateKey);
    await refused(await forge(String(header().kid)));
    await refused(await forge('a-kid-of-mine'));
    await refused(await forge(String(header().kid), { jwk: await exportJWK(publicKey) }));
  });

  it('that was altered, truncated or made longer is refused', async () => {
    const [head = '', , tail = ''] = alice.accessToken.split('.');
    const altered: JWTPayload = { ...claims(), sub: admin.user.id };
    await refused(`${head}.${encode(altered)}.${tail}`);
    await refused(alice.accessToken.slice(0, -5));
    await refused(alice.accessToken.split('.').slice(0, 2).join('.'));
    await refused(`${alice.accessToken}.${tail}`);
    await refused('a'.repeat(7_000));
  });

  it('is not replaced by an id token or a refresh token', async () => {
    await refused(alice.idToken);
    await refused(alice.refreshToken);
  });

  it('of a session that has no row is refused, though it is genuine', async () => {
    const { cognito, pools } = app.app.embedded!;
    const { InitiateAuthCommand } = await import('@aws-sdk/client-cognito-identity-provider');
    const { AuthenticationResult } = await cognito.send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: pools.END_USER.clientId,
        AuthParameters: { USERNAME: 'bob@example.com', PASSWORD: app.passwordOf('bob@example.com') },
      }),
    );
    await refused(String(AuthenticationResult?.AccessToken));
  });

  it.each(['Basic YTpi', 'Bearer', 'Bearer  ', 'nonsense', 'Bearer a b'])(
    'in a header of another form is refused: %s',
    async (authorization) => {
      const { faults } = await app.ask('{ me { id } }', { headers: { authorization } });
      expect(faults).toEqual(['UNAUTHENTICATED at me']);
    },
  );
});

it('tokens and sessions live as long as is configured', async () => {
  const app = await RunningApp.start({ ACCESS_TOKEN_LIFETIME: '5m', REFRESH_TOKEN_LIFETIME: '2h' });
  try {
    const { accessToken } = await app.signIn('alice@example.com');
    const { iat = 0, exp = 0 } = decodeJwt(accessToken);
    expect(exp - iat).toBe(300);
    const { data } = await app.ask<{
      me: { sessions: { nodes: [{ createdAt: string; expiresAt: string }] } };
    }>('{ me { sessions(first: 1) { nodes { createdAt expiresAt } } } }', { token: accessToken });
    const [session] = data?.me.sessions.nodes ?? [];
    const lives = Date.parse(session?.expiresAt ?? '') - Date.parse(session?.createdAt ?? '');
    // Two instants, taken one after the other.
    expect(Math.round(lives / 60_000)).toBe(120);
  } finally {
    await app.stop();
  }
});
