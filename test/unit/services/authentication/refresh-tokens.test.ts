import {
  GetTokensFromRefreshTokenCommand,
  RevokeTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { PASSWORD } from '../../../support/embedded-cognito.js';
import { ADDRESS, openIdentityServices, type IdentityServices } from '../../../support/identity-services.js';
import { serverError } from '../../../support/recording-handler.js';

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

/** The same person on another device. */
async function signInAgain(email: string) {
  const signIn = await services.authentication.login(
    { email, password: PASSWORD, userType: 'END_USER' },
    ADDRESS,
  );
  if (signIn.kind !== 'authenticated') throw new Error('Not signed in.');
  return signIn;
}

const reuses = () => services.events.counts().get('REFRESH_TOKEN_REUSED') ?? 0;

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

  test('is answered again, with tokens that work, when its answer was lost', async () => {
    const { refreshToken, viewer } = await signedIn();
    await refresh(refreshToken);
    const again = await refresh(refreshToken);
    const header = `Bearer ${again.accessToken}`;
    expect((await services.authentication.authenticate(header)).kind).toBe('viewer');
    await expect(refresh(again.refreshToken ?? '')).resolves.toBeDefined();
    expect((await services.sessions.find(viewer.session.id))?.endedAt).toBeNull();
    expect(reuses()).toBe(0);
  });

  const reused = async (token: string, sessionId: string) => {
    const before = reuses();
    await expect(refresh(token)).rejects.toMatchObject(UNAUTHENTICATED);
    expect((await services.sessions.find(sessionId))?.endReason).toBe('REFRESH_TOKEN_REUSED');
    expect(reuses()).toBe(before + 1);
    // What comes after that is refused, and no news.
    await expect(refresh(token)).rejects.toMatchObject(UNAUTHENTICATED);
    expect(reuses()).toBe(before + 1);
  };

  test('that is replayed later ends its session, with all the tokens that came of it', async () => {
    const { refreshToken, viewer, email } = await signedIn();
    const refreshed = await refresh(refreshToken);
    const elsewhere = await signInAgain(email);
    const stranger = await signedIn();
    services.cognito.clock.advance(GRACE_MS + 1_000);
    await reused(refreshToken, viewer.session.id);
    expect((await services.authentication.authenticate(`Bearer ${refreshed.accessToken}`)).kind).toBe(
      'rejected',
    );
    await expect(refresh(refreshed.refreshToken ?? '')).rejects.toMatchObject(UNAUTHENTICATED);
    for (const { accessToken, refreshToken: other } of [elsewhere, stranger]) {
      expect((await services.authentication.authenticate(`Bearer ${accessToken}`)).kind).toBe('viewer');
      await expect(refresh(other ?? '')).resolves.toBeDefined();
    }
  });

  test('is dead, grace or not, as soon as its successor was used', async () => {
    const { refreshToken, viewer } = await signedIn();
    const { refreshToken: second } = await refresh(refreshToken);
    await refresh(second ?? '');
    await reused(refreshToken, viewer.session.id);
  });

  test('that two windows share keeps both signed in, as long as they ask at the same time', async () => {
    const { refreshToken } = await signedIn();
    const before = reuses();
    let held = [refreshToken, refreshToken];
    for (let times = 0; times < 3; times++) {
      const answers = await Promise.all(held.map(refresh));
      held = answers.map((answer) => answer.refreshToken ?? '');
      services.cognito.clock.advance(15 * 60_000);
    }
    const [one = '', other = ''] = held;
    await refresh(one);
    services.cognito.clock.advance(GRACE_MS - 1);
    expect((await refresh(other)).kind).toBe('authenticated');
    expect(reuses()).toBe(before);
  });

  test('that a thief repeats in the grace lets one of the two go on, until the other shows up', async () => {
    const { refreshToken, viewer } = await signedIn();
    const owner = await refresh(refreshToken);
    const thief = await refresh(refreshToken);
    await expect(refresh(thief.refreshToken ?? '')).resolves.toBeDefined();
    services.cognito.clock.advance(GRACE_MS);
    await reused(owner.refreshToken ?? '', viewer.session.id);
    for (const { accessToken } of [owner, thief]) {
      expect((await services.authentication.authenticate(`Bearer ${accessToken}`)).kind).toBe('rejected');
    }
  });

  test('that was reused is revoked at Cognito too, as far as that answers', async () => {
    const { refreshToken, viewer } = await signedIn();
    const { refreshToken: second } = await refresh(refreshToken);
    await refresh(second ?? '');
    services.calls.disturb(({ operation }) => (operation === 'RevokeToken' ? serverError : undefined));
    await reused(refreshToken, viewer.session.id);

    services.calls.disturb(() => undefined);
    const other = await signedIn();
    const { refreshToken: next } = await refresh(other.refreshToken);
    const { refreshToken: newest } = await refresh(next ?? '');
    await reused(other.refreshToken, other.viewer.session.id);
    await expect(
      services.cognito.sdk.send(
        new GetTokensFromRefreshTokenCommand({
          RefreshToken: newest ?? '',
          ClientId: services.pools.END_USER.clientId,
        }),
      ),
    ).rejects.toMatchObject({ message: 'Refresh Token has been revoked' });
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

describe.each<[string, (sessionId: string) => Promise<unknown>]>([
  ['revoked', (id) => services.sessions.end(id, 'REVOKED')],
  ['ended with all the others', (id) => endAllOf(id)],
])('a session that is %s while Cognito is asked', (_how, end) => {
  test.each(['before it answers', 'after it has'] as const)('%s, gives no tokens', async (when) => {
    const { refreshToken, viewer } = await signedIn();
    let given = '';
    const ending = () => end(viewer.session.id);
    const racing = services.authenticationWith({
      users: {
        ...services.users,
        // The last that is asked before Cognito is.
        async findFresh(id) {
          const person = await services.users.findFresh(id);
          if (when === 'before it answers') await ending();
          return person;
        },
      },
      sessions: {
        ...services.sessions,
        async addRefreshToken(claim, token) {
          given = token;
          if (when === 'after it has') await ending();
          return services.sessions.addRefreshToken(claim, token);
        },
      },
    });
    await expect(racing.refreshTokens(refreshToken)).rejects.toMatchObject(UNAUTHENTICATED);
    expect(given).not.toBe('');
    for (const token of [given, refreshToken]) {
      await expect(refresh(token)).rejects.toMatchObject(UNAUTHENTICATED);
    }
    expect((await services.sessions.find(viewer.session.id))?.endReason).toBe('REVOKED');
    // Cognito has given a token that nobody has seen; it is good for nothing there either.
    await expect(
      services.cognito.sdk.send(
        new GetTokensFromRefreshTokenCommand({
          RefreshToken: given,
          ClientId: services.pools.END_USER.clientId,
        }),
      ),
    ).rejects.toMatchObject({ message: 'Refresh Token has been revoked' });
  });
});

async function endAllOf(sessionId: string) {
  const session = await services.sessions.find(sessionId);
  await services.sessions.endAllOf(session?.userId ?? '', 'REVOKED');
}

test('an answer that comes after another one’s token was used gives none, and ends nothing', async () => {
  const { refreshToken, viewer } = await signedIn();
  const racing = services.authenticationWith({
    sessions: {
      ...services.sessions,
      async addRefreshToken(claim, token) {
        const { refreshToken: faster } = await refresh(refreshToken);
        await refresh(faster ?? '');
        return services.sessions.addRefreshToken(claim, token);
      },
    },
  });
  await expect(racing.refreshTokens(refreshToken)).rejects.toMatchObject(UNAUTHENTICATED);
  expect((await services.sessions.find(viewer.session.id))?.endedAt).toBeNull();
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
