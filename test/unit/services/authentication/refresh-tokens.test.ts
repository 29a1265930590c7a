import { RevokeTokenCommand } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { PASSWORD } from '../../../support/embedded-cognito.js';
import { ADDRESS, openIdentityServices, type IdentityServices } from '../../../support/identity-services.js';

const UNAUTHENTICATED = { code: 'UNAUTHENTICATED' };
/** How long Cognito forgives a second use of a rotated token. */
const GRACE_MS = 30_000;

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
});
afterEach(() => services.calls.disturb(() => undefined));
afterAll(() => services.close());

async function signedIn() {
  const person = await services.person();
  const signIn = await services.authentication.login(
    { email: person.email, password: PASSWORD, userType: 'END_USER' },
    ADDRESS,
  );
  if (signIn.kind !== 'authenticated') throw new Error('Not signed in.');
  return { ...person, ...signIn, refreshToken: signIn.refreshToken ?? '' };
}

const refresh = (token: string) => services.authentication.refreshTokens(token);

describe('a refresh token', () => {
  test('is traded for new tokens of the same session', async () => {
    const { viewer, refreshToken, accessToken } = await signedIn();
    services.cognito.clock.advance(60_000);
    const refreshed = await refresh(refreshToken);
    expect(refreshed.accessToken).not.toBe(accessToken);
    expect(refreshed.refreshToken).not.toBe(refreshToken);
    expect(refreshed.viewer).toMatchObject({ userId: viewer.userId, session: { id: viewer.session.id } });
    expect(refreshed.viewer.session.expiresAt).toEqual(viewer.session.expiresAt);
    const credential = await services.authentication.authenticate(`Bearer ${refreshed.accessToken}`);
    expect(credential).toMatchObject({ kind: 'viewer', viewer: { session: { id: viewer.session.id } } });
    await expect(refresh(refreshed.refreshToken ?? '')).resolves.toBeDefined();
  });

  test('keeps its session when it was sent twice within the grace period', async () => {
    const { refreshToken, viewer } = await signedIn();
    await refresh(refreshToken);
    await expect(refresh(refreshToken)).resolves.toBeDefined();
    expect((await services.sessions.find(viewer.session.id))?.endedAt).toBeNull();
  });

  test('that is replayed later ends its session, with all the tokens that came of it', async () => {
    const { refreshToken, viewer } = await signedIn();
    const refreshed = await refresh(refreshToken);
    services.cognito.clock.advance(GRACE_MS + 1_000);
    await expect(refresh(refreshToken)).rejects.toMatchObject(UNAUTHENTICATED);
    expect((await services.sessions.find(viewer.session.id))?.endReason).toBe('REFRESH_TOKEN_REUSED');
    expect((await services.authentication.authenticate(`Bearer ${refreshed.accessToken}`)).kind).toBe(
      'rejected',
    );
    await expect(refresh(refreshed.refreshToken ?? '')).rejects.toMatchObject(UNAUTHENTICATED);
  });

  test.each(['', 'nonsense', 'a'.repeat(8_193)])('that was never given out is refused', async (token) => {
    await expect(refresh(token)).rejects.toMatchObject(UNAUTHENTICATED);
  });

  test('is refused, before Cognito is asked, once the session has ended', async () => {
    const { refreshToken, viewer } = await signedIn();
    await services.sessions.end(viewer.session.id, 'REVOKED');
    const asked = services.calls.count('GetTokensFromRefreshToken');
    await expect(refresh(refreshToken)).rejects.toMatchObject(UNAUTHENTICATED);
    expect(services.calls.count('GetTokensFromRefreshToken')).toBe(asked);
  });

  test('is refused once the session has expired, the person is disabled, or Cognito has revoked it', async () => {
    const disabled = await signedIn();
    await services.users.disable(disabled.id);
    await expect(refresh(disabled.refreshToken)).rejects.toMatchObject(UNAUTHENTICATED);

    const revoked = await signedIn();
    const { clientId: ClientId } = services.pools.END_USER;
    await services.cognito.sdk.send(new RevokeTokenCommand({ Token: revoked.refreshToken, ClientId }));
    await expect(refresh(revoked.refreshToken)).rejects.toMatchObject(UNAUTHENTICATED);

    const expired = await signedIn();
    services.cognito.clock.advance(7 * 24 * 60 * 60 * 1000);
    await expect(refresh(expired.refreshToken)).rejects.toMatchObject(UNAUTHENTICATED);
  });

  test('is still good after Cognito did not answer', async () => {
    const { refreshToken } = await signedIn();
    services.calls.disturb(({ operation }) =>
      operation === 'GetTokensFromRefreshToken'
        ? { kind: 'exception', name: 'InternalErrorException', statusCode: 500 }
        : undefined,
    );
    await expect(refresh(refreshToken)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    services.calls.disturb(() => undefined);
    await expect(refresh(refreshToken)).resolves.toBeDefined();
  });
});

test('a session that is revoked while Cognito is asked gives no tokens, and its new token is on record', async () => {
  const { refreshToken, viewer } = await signedIn();
  let given = '';
  const racing = services.authenticationWith({
    sessions: {
      ...services.sessions,
      async addRefreshToken(id, token) {
        given = token;
        await services.sessions.addRefreshToken(id, token);
        await services.sessions.end(id, 'REVOKED');
      },
    },
  });
  await expect(racing.refreshTokens(refreshToken)).rejects.toMatchObject(UNAUTHENTICATED);
  expect((await services.sessions.findByRefreshToken(given))?.id).toBe(viewer.session.id);
  await expect(refresh(given)).rejects.toMatchObject(UNAUTHENTICATED);
});

test('a new refresh token that cannot be recorded is not given out', async () => {
  const { refreshToken } = await signedIn();
  const failing = services.authenticationWith({
    sessions: {
      ...services.sessions,
      addRefreshToken: () => Promise.reject(new Error('The database does not answer.')),
    },
  });
  await expect(failing.refreshTokens(refreshToken)).rejects.toThrow('The database does not answer.');
});
