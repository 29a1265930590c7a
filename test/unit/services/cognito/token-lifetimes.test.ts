import {
  UpdateUserPoolClientCommand,
  type UpdateUserPoolClientCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';

import { PASSWORD } from '../../../support/embedded-cognito.js';
import { ADDRESS, openIdentityServices, type IdentityServices } from '../../../support/identity-services.js';

const HOUR = 3_600_000;

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
});
afterEach(() => services.calls.disturb(() => undefined));
afterAll(() => services.close());

const setClient = (settings: Partial<UpdateUserPoolClientCommandInput>) => {
  const { poolId: UserPoolId, clientId: ClientId } = services.pools.END_USER;
  return services.cognito.sdk.send(
    new UpdateUserPoolClientCommand({
      UserPoolId,
      ClientId,
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
      ...settings,
    }),
  );
};

/** How long a sign-in and its access token last, in milliseconds, by a service that has not asked yet. */
const signInLasts = async (lifetimes?: { accessTokenLifetimeMs: number; refreshTokenLifetimeMs: number }) => {
  const { email } = await services.person();
  const authentication = services.authenticationWith(lifetimes ? { lifetimes } : {});
  const signIn = await authentication.login({ email, password: PASSWORD, userType: 'END_USER' }, ADDRESS);
  if (signIn.kind !== 'authenticated') throw new Error('Not signed in.');
  const { expiresAt, createdAt } = signIn.viewer.session;
  const { exp = 0, iat = 0 } = decodeJwt(signIn.accessToken);
  return { session: expiresAt.getTime() - createdAt.getTime(), accessToken: (exp - iat) * 1_000 };
};

test('a session lasts as long as the refresh tokens of its app client', async () => {
  expect(await signInLasts()).toEqual({ session: 7 * 24 * HOUR, accessToken: HOUR / 4 });
  await setClient({
    AccessTokenValidity: 10,
    IdTokenValidity: 10,
    RefreshTokenValidity: 2,
    TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'hours' },
  });
  services.cognito.clock.advance(5_000);
  expect(await signInLasts()).toEqual({ session: 2 * HOUR, accessToken: HOUR / 6 });
  await setClient({});
  services.cognito.clock.advance(5_000);
  expect(await signInLasts()).toEqual({ session: 30 * 24 * HOUR, accessToken: HOUR });
});

test('as long as is configured where the client may not be read', async () => {
  services.calls.disturb(({ operation }) =>
    operation === 'DescribeUserPoolClient' ? { kind: 'exception', name: 'AccessDeniedException' } : undefined,
  );
  const lifetimes = { accessTokenLifetimeMs: HOUR / 4, refreshTokenLifetimeMs: 3 * HOUR };
  expect((await signInLasts(lifetimes)).session).toBe(3 * HOUR);
});

test('without rotation there is no new refresh token, and the one of the sign-in is never reused', async () => {
  await setClient({ RefreshTokenRotation: { Feature: 'DISABLED' } });
  services.cognito.clock.advance(5_000);
  const { email } = await services.person();
  const signIn = await services.authentication.login(
    { email, password: PASSWORD, userType: 'END_USER' },
    ADDRESS,
  );
  if (signIn.kind !== 'authenticated') throw new Error('Not signed in.');
  for (let times = 0; times < 4; times++) {
    const refreshed = await services.authentication.refreshTokens(signIn.refreshToken ?? '');
    expect(refreshed.refreshToken).toBeNull();
    services.cognito.clock.advance(HOUR);
  }
  expect(services.events.counts().get('REFRESH_TOKEN_REUSED')).toBeUndefined();
});

test('rotation that is turned on later uses the old token up, and the two records agree', async () => {
  await setClient({ RefreshTokenRotation: { Feature: 'DISABLED' } });
  services.cognito.clock.advance(5_000);
  const { email } = await services.person();
  const signIn = await services.authentication.login(
    { email, password: PASSWORD, userType: 'END_USER' },
    ADDRESS,
  );
  if (signIn.kind !== 'authenticated') throw new Error('Not signed in.');
  const first = signIn.refreshToken ?? '';
  await services.authentication.refreshTokens(first);
  await setClient({ RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 0 } });
  services.cognito.clock.advance(5_000);
  const { refreshToken: second } = await services.authentication.refreshTokens(first);
  expect(second).not.toBeNull();
  await expect(services.authentication.refreshTokens(first)).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
  expect((await services.sessions.find(signIn.viewer.session.id))?.endReason).toBe('REFRESH_TOKEN_REUSED');
  await expect(services.authentication.refreshTokens(second ?? '')).rejects.toMatchObject({
    code: 'UNAUTHENTICATED',
  });
});
