import {
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminUserGlobalSignOutCommand,
  GetTokensFromRefreshTokenCommand,
  GetUserCommand,
  GlobalSignOutCommand,
  InitiateAuthCommand,
  RevokeTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { decodeJwt, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { refreshTokens } from '../../src/services/database/schema/embedded-cognito.js';
import {
  makeClient,
  makeUser,
  openCognitoWithPool,
  tokensOf,
  type EmbeddedCognito,
} from '../support/embedded-cognito.js';

let cognito: EmbeddedCognito;
let poolId: string;
let clientId: string;
let rotatingId: string;

beforeAll(async () => {
  ({ cognito, poolId, clientId } = await openCognitoWithPool());
  rotatingId = (
    await makeClient(cognito, poolId, {
      RefreshTokenValidity: 7,
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 10 },
    })
  ).id;
});
afterAll(() => cognito.close());

let people = 0;
const somebody = async () => {
  people += 1;
  const email = `person-${people}@example.com`;
  await makeUser(cognito, poolId, email);
  return email;
};
const refresh = (ClientId: string, REFRESH_TOKEN: string, AuthFlow = 'REFRESH_TOKEN_AUTH' as const) =>
  cognito.sdk.send(new InitiateAuthCommand({ ClientId, AuthFlow, AuthParameters: { REFRESH_TOKEN } }));
const exchange = async (ClientId: string, RefreshToken: string) =>
  (await cognito.sdk.send(new GetTokensFromRefreshTokenCommand({ ClientId, RefreshToken })))
    .AuthenticationResult;
const getUser = (AccessToken: string) => cognito.sdk.send(new GetUserCommand({ AccessToken }));

describe('without rotation', () => {
  it('a refresh keeps the family and the time of the sign-in, and gives no new refresh token', async () => {
    const { accessToken, refreshToken } = await tokensOf(cognito, clientId, await somebody());
    cognito.clock.advance(60_000);
    const before = decodeJwt(accessToken);
    for (const result of [
      (await refresh(clientId, refreshToken)).AuthenticationResult,
      await exchange(clientId, refreshToken),
    ]) {
      expect(result?.RefreshToken).toBeUndefined();
      const after = decodeJwt(result?.AccessToken ?? '');
      expect(after).toMatchObject({ origin_jti: before['origin_jti'], auth_time: before['auth_time'] });
      expect(after.iat).toBe((before.iat ?? 0) + 60);
      expect(after.jti).not.toBe(before.jti);
    }
  });

  it('a refresh token is refused to another client, when invented, and after 30 days', async () => {
    const { refreshToken } = await tokensOf(cognito, clientId, await somebody());
    for (const attempt of [() => exchange(rotatingId, refreshToken), () => exchange(clientId, 'invented')]) {
      await expect(attempt()).rejects.toMatchObject({
        name: 'NotAuthorizedException',
        message: 'Invalid Refresh Token.',
      });
    }
    cognito.clock.advance(30 * 86_400_000);
    await expect(exchange(clientId, refreshToken)).rejects.toMatchObject({
      message: 'Refresh Token has expired',
    });
  });

  it('the database holds no refresh token', async () => {
    const { refreshToken } = await tokensOf(cognito, clientId, await somebody());
    const rows = await cognito.db.select().from(refreshTokens);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.some(({ digest }) => digest.includes(refreshToken))).toBe(false);
  });
});

describe('with rotation', () => {
  it('each exchange gives a new refresh token that works', async () => {
    const { refreshToken } = await tokensOf(cognito, rotatingId, await somebody());
    const second = (await exchange(rotatingId, refreshToken))?.RefreshToken ?? '';
    expect(second).not.toBe(refreshToken);
    await expect(exchange(rotatingId, second)).resolves.toHaveProperty('AccessToken');
  });

  it('within the grace the old token still works', async () => {
    const { refreshToken } = await tokensOf(cognito, rotatingId, await somebody());
    const second = (await exchange(rotatingId, refreshToken))?.RefreshToken ?? '';
    cognito.clock.advance(9_999);
    const third = (await exchange(rotatingId, refreshToken))?.RefreshToken ?? '';
    for (const token of [second, third]) {
      await expect(exchange(rotatingId, token)).resolves.toHaveProperty('AccessToken');
    }
  });

  it('after the grace its reuse ends the whole family', async () => {
    const { accessToken, refreshToken } = await tokensOf(cognito, rotatingId, await somebody());
    const second = (await exchange(rotatingId, refreshToken))?.RefreshToken ?? '';
    cognito.clock.advance(10_000);
    await expect(exchange(rotatingId, refreshToken)).rejects.toMatchObject({
      name: 'RefreshTokenReuseException',
    });
    await expect(exchange(rotatingId, second)).rejects.toMatchObject({
      message: 'Refresh Token has been revoked',
    });
    await expect(getUser(accessToken)).rejects.toMatchObject({ message: 'Access Token has been revoked' });
  });

  it('without a grace, of two exchanges at once one is a reuse', async () => {
    const { id } = await makeClient(cognito, poolId, {
      RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 },
    });
    const { refreshToken } = await tokensOf(cognito, id, await somebody());
    const answers = await Promise.allSettled([exchange(id, refreshToken), exchange(id, refreshToken)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('rotation does not prolong the sign-in', async () => {
    const { refreshToken } = await tokensOf(cognito, rotatingId, await somebody());
    cognito.clock.advance(6 * 86_400_000);
    const second = (await exchange(rotatingId, refreshToken))?.RefreshToken ?? '';
    cognito.clock.advance(86_400_000);
    await expect(exchange(rotatingId, second)).rejects.toMatchObject({
      message: 'Refresh Token has expired',
    });
  });

  it('REFRESH_TOKEN_AUTH is refused', async () => {
    const { refreshToken } = await tokensOf(cognito, rotatingId, await somebody());
    await expect(refresh(rotatingId, refreshToken)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });
});

describe('what ends a sign-in', () => {
  const endings: [
    string,
    (tokens: Awaited<ReturnType<typeof tokensOf>>, email: string) => Promise<unknown>,
  ][] = [
    [
      'RevokeToken',
      ({ refreshToken }) =>
        cognito.sdk.send(new RevokeTokenCommand({ ClientId: clientId, Token: refreshToken })),
    ],
    [
      'GlobalSignOut',
      ({ accessToken }) => cognito.sdk.send(new GlobalSignOutCommand({ AccessToken: accessToken })),
    ],
    [
      'AdminUserGlobalSignOut',
      (_tokens, Username) =>
        cognito.sdk.send(new AdminUserGlobalSignOutCommand({ UserPoolId: poolId, Username })),
    ],
    [
      'AdminDisableUser',
      async (_tokens, Username) => {
        await cognito.sdk.send(new AdminDisableUserCommand({ UserPoolId: poolId, Username }));
        await cognito.sdk.send(new AdminEnableUserCommand({ UserPoolId: poolId, Username }));
      },
    ],
  ];

  it.each(endings)('%s: its tokens are refused, those of the next sign-in are not', async (_name, end) => {
    const email = await somebody();
    const tokens = await tokensOf(cognito, clientId, email);
    await expect(getUser(tokens.accessToken)).resolves.toHaveProperty('Username');
    await end(tokens, email);
    await expect(getUser(tokens.accessToken)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Access Token has been revoked',
    });
    await expect(exchange(clientId, tokens.refreshToken)).rejects.toMatchObject({
      message: 'Refresh Token has been revoked',
    });
    const next = await tokensOf(cognito, clientId, email);
    await expect(getUser(next.accessToken)).resolves.toHaveProperty('Username');
  });

  it('RevokeToken leaves other sign-ins alone, and may be done twice', async () => {
    const email = await somebody();
    const [one, other] = [await tokensOf(cognito, clientId, email), await tokensOf(cognito, clientId, email)];
    const command = new RevokeTokenCommand({ ClientId: clientId, Token: one.refreshToken });
    await cognito.sdk.send(command);
    await cognito.sdk.send(command);
    await expect(getUser(other.accessToken)).resolves.toHaveProperty('Username');
  });

  it('RevokeToken takes refresh tokens only', async () => {
    const { accessToken } = await tokensOf(cognito, clientId, await somebody());
    await expect(
      cognito.sdk.send(new RevokeTokenCommand({ ClientId: clientId, Token: accessToken })),
    ).rejects.toMatchObject({ name: 'UnsupportedTokenTypeException' });
  });
});

describe('GetUser refuses', () => {
  it('an ID token, a truncated token and an expired one', async () => {
    const { accessToken, idToken } = await tokensOf(cognito, clientId, await somebody());
    for (const token of [
      idToken,
      accessToken.slice(0, -8),
      'nonsense',
      accessToken.split('.').slice(0, 2).join('.'),
    ]) {
      await expect(getUser(token)).rejects.toMatchObject({
        name: 'NotAuthorizedException',
        message: 'Invalid Access Token',
      });
    }
    cognito.clock.advance(3_600_000);
    await expect(getUser(accessToken)).rejects.toMatchObject({ message: 'Access Token has expired' });
  });

  it('a token that somebody else signed, or nobody', async () => {
    const { accessToken } = await tokensOf(cognito, clientId, await somebody());
    const [jwk] = (await cognito.engine.jwks(poolId))?.keys ?? [];
    const claims = decodeJwt(accessToken);
    const forged = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256', kid: jwk?.kid ?? '' })
      .sign(new TextEncoder().encode(JSON.stringify(jwk)));
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const unsigned = `${encode({ alg: 'none', kid: jwk?.kid })}.${encode(claims)}.`;
    for (const token of [forged, unsigned]) {
      await expect(getUser(token)).rejects.toMatchObject({ message: 'Invalid Access Token' });
    }
  });
});
