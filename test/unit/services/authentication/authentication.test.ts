import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import type { Authenticated, SignIn } from '../../../../src/services/authentication/authentication.js';
import type { UserType } from '../../../../src/services/users/user-store.js';
import { PASSWORD } from '../../../support/embedded-cognito.js';
import {
  ADDRESS,
  openIdentityServices,
  refusalOf,
  type IdentityServices,
} from '../../../support/identity-services.js';

const NEW_PASSWORD = 'A-brand-new-pass-1';

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
});
afterEach(() => services.calls.disturb(() => undefined));
afterAll(() => services.close());

const login = (email: string, password = PASSWORD, userType: UserType = 'END_USER', website?: string) =>
  services.authentication.login({ email, password, userType, website }, ADDRESS);

function authenticated(signIn: SignIn): Authenticated {
  if (signIn.kind !== 'authenticated') throw new Error(`Not signed in, but ${signIn.kind}.`);
  return signIn;
}

describe('a sign-in', () => {
  test('makes a session, on record before anybody holds its tokens', async () => {
    const { sessions, cognito, verifier } = services;
    const { id, email } = await services.person('ADMIN');
    const { viewer, accessToken, refreshToken, idToken, expiresIn } = authenticated(
      await login(email.toUpperCase(), PASSWORD, 'ADMIN'),
    );
    expect(viewer).toMatchObject({ userId: id, userType: 'ADMIN' });
    expect(idToken.split('.')).toHaveLength(3);
    expect(expiresIn).toBe(900);
    expect(await sessions.find(viewer.session.id)).toEqual(viewer.session);
    expect(viewer.session).toMatchObject({
      ...ADDRESS,
      userId: id,
      family: (await verifier.verify(accessToken)).family,
      expiresAt: new Date(cognito.clock.now().getTime() + 7 * 24 * 60 * 60 * 1000),
      endedAt: null,
      mfaAuthenticated: false,
    });
    expect(await sessions.findByRefreshToken(refreshToken ?? '')).toEqual(viewer.session);
  });

  test('is refused in the same words for a wrong password, an unknown address, the other pool and who is disabled', async () => {
    const { email } = await services.person();
    const disabled = await services.person();
    await services.users.disable(disabled.id);
    const refusals = await Promise.all(
      [
        login(email, 'Wrong-password-1'),
        login(services.newEmail()),
        login(email, PASSWORD, 'ADMIN'),
        login(disabled.email),
      ].map((attempt) =>
        attempt.catch((error: { code: string; message: string }) => [error.code, error.message]),
      ),
    );
    for (const refusal of refusals) {
      expect(refusal).toEqual(['INVALID_CREDENTIALS', 'The email address or the password is wrong.']);
    }
  });

  test('is held up for an address that nobody has just as for one that somebody has', async () => {
    const { email } = await services.person();
    const tries = async (address: string) => {
      const refusals = [];
      for (let times = 0; times < 7; times++) {
        refusals.push(await refusalOf(login(address, 'Wrong-password-1')));
      }
      return refusals;
    };
    const known = await tries(email);
    expect(known.map((refusal) => refusal?.[0])).toEqual([
      ...Array.from({ length: 5 }, () => 'INVALID_CREDENTIALS'),
      'ACCOUNT_LOCKED',
      'ACCOUNT_LOCKED',
    ]);
    expect(await tries(services.newEmail())).toEqual(known);
  });

  test('is held up after too many wrong passwords: ACCOUNT_LOCKED', async () => {
    const { email } = await services.person();
    for (let times = 0; times < 5; times++) await login(email, 'Wrong-password-1').catch(() => undefined);
    await expect(login(email)).rejects.toMatchObject({
      code: 'ACCOUNT_LOCKED',
      retryable: true,
      retryAfter: 60,
    });
    services.cognito.clock.advance(60_000);
    await expect(login(email)).resolves.toBeDefined();
  });

  test('is held up by Cognito’s own lock too, which others may have brought: for less long, and counted against nobody', async () => {
    const { email } = await services.person();
    const loginFrom = (ipAddress: string, password = PASSWORD) =>
      services.authentication.login({ email, password, userType: 'END_USER' }, { ...ADDRESS, ipAddress });
    for (const stranger of ['198.51.100.1', '198.51.100.2']) {
      for (let times = 0; times < 5; times++) {
        // Cognito's locks grow to 16 seconds meanwhile, and to 32 with the last of these.
        services.cognito.clock.advance(17_000);
        await expect(loginFrom(stranger, 'Wrong-password-1')).rejects.toMatchObject({
          code: 'INVALID_CREDENTIALS',
        });
      }
    }
    for (let times = 0; times < 6; times++) {
      await expect(loginFrom('192.0.2.9')).rejects.toMatchObject({
        code: 'ACCOUNT_LOCKED',
        retryAfter: 60,
      });
    }
    services.cognito.clock.advance(32_000);
    await expect(loginFrom('192.0.2.9')).resolves.toMatchObject({ kind: 'authenticated' });
  });

  test('that asks for a factor we do not know is not a matter of trying again', async () => {
    const { email } = await services.person();
    services.calls.disturb(() => ({
      kind: 'tampered',
      tamper: () => ({ ChallengeName: 'CUSTOM_CHALLENGE', Session: 's'.repeat(40), ChallengeParameters: {} }),
    }));
    await expect(login(email)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable: false });
  });

  test('whose tokens are no good is the provider’s fault, and makes no session', async () => {
    const { id, email } = await services.person();
    services.calls.disturb(({ operation }) =>
      operation === 'InitiateAuth'
        ? {
            kind: 'tampered',
            tamper: (output) => ({
              ...output,
              AuthenticationResult: { ...(output.AuthenticationResult as object), AccessToken: 'a.b.c' },
            }),
          }
        : undefined,
    );
    await expect(login(email)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(await services.sessions.pageOf(id, { limit: 1, after: null })).toEqual([]);
  });
});

describe('a temporary password', () => {
  const invite = async () => {
    const email = services.newEmail();
    const { id } = await services.users.create({
      userType: 'END_USER',
      email,
      temporaryPassword: PASSWORD,
      suppressInvitation: true,
    });
    const signIn = await login(email);
    if (signIn.kind !== 'new-password-required') throw new Error('No new password is required.');
    return { id, email, ...signIn };
  };
  const complete = (
    challenge: string,
    newPassword = NEW_PASSWORD,
    attributes: Record<string, unknown> = {},
  ) => services.authentication.completeNewPassword({ challenge, newPassword, attributes }, ADDRESS);

  test('is replaced by one’s own, and that ends the sign-in', async () => {
    const { id, email, challenge, missingAttributes } = await invite();
    expect(missingAttributes).toEqual([]);
    const { viewer } = authenticated(await complete(challenge, NEW_PASSWORD, { givenName: 'Frida' }));
    expect(viewer.userId).toBe(id);
    expect(await services.users.find(id)).toMatchObject({ status: 'CONFIRMED', givenName: 'Frida' });
    await expect(login(email)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(authenticated(await login(email, NEW_PASSWORD)).viewer.userId).toBe(id);
  });

  test('is replaced once, however many sign-ins it began', async () => {
    const { email, challenge } = await invite();
    const others = await Promise.all([login(email), login(email)]);
    const challenges = [challenge, ...others.map((step) => ('challenge' in step ? step.challenge : ''))];
    const outcomes = await Promise.allSettled(
      challenges.map((each, index) => complete(each, `Velvet-Lantern-4${index}-Orbit`)),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const each of challenges) {
      await expect(complete(each)).rejects.toMatchObject({ code: 'CODE_EXPIRED' });
    }
  });

  test('is not replaced by one that breaks the rules, and can be tried again', async () => {
    const { challenge } = await invite();
    await expect(complete(challenge, 'short')).rejects.toMatchObject({ code: 'PASSWORD_POLICY' });
    await expect(complete(challenge)).resolves.toMatchObject({ kind: 'authenticated' });
  });

  test('is a way to set nothing but one’s name and what is missing', async () => {
    const { challenge } = await invite();
    for (const attributes of [
      { email_verified: 'true' },
      { email: 'other@example.com' },
      { phoneNumber: '+4930123' },
      { givenName: 7 },
      { givenName: '' },
      { givenName: 'a\nb' },
      { familyName: 'x'.repeat(2_049) },
      { givenName: '\ud800' },
      { givenName: 'a', given_name: 'b' },
      { constructor: 'x' },
    ]) {
      await expect(complete(challenge, NEW_PASSWORD, attributes)).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
      });
    }
  });

  test('says which attribute is wrong, and how', async () => {
    const { challenge } = await invite();
    await expect(complete(challenge, NEW_PASSWORD, { familyName: 'x'.repeat(2_049) })).rejects.toMatchObject({
      message: 'familyName has at most 2048 characters.',
      details: { argument: 'attributes' },
    });
  });

  test('begins nothing that outlives the end of all sessions', async () => {
    const { id, challenge } = await invite();
    services.cognito.clock.advance(1);
    await services.administration.revokeSessions(id);
    await expect(complete(challenge)).rejects.toMatchObject({ code: 'CODE_EXPIRED' });
    // Nor does it leave a password behind.
    expect(await services.users.findFresh(id)).toMatchObject({ status: 'FORCE_CHANGE_PASSWORD' });
  });

  test('gives three minutes: CODE_EXPIRED after', async () => {
    const { challenge } = await invite();
    services.cognito.clock.advance(3 * 60 * 1000);
    await expect(complete(challenge)).rejects.toMatchObject({ code: 'CODE_EXPIRED' });
  });

  test('leads in once: a challenge that was used is no good', async () => {
    const { challenge } = await invite();
    await complete(challenge);
    await expect(complete(challenge)).rejects.toMatchObject({ code: 'CODE_EXPIRED' });
  });

  test('has a challenge that cannot be made up', async () => {
    for (const challenge of ['', 'nonsense', services.sealer.seal('users cursor', {})]) {
      await expect(complete(challenge)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
  });

  test('looks the same to a machine that fills in the honeypot, and leads nowhere', async () => {
    const { email } = await services.person();
    const before = services.calls.calls.length;
    const trapped = await login(email, PASSWORD, 'END_USER', 'https://x.example');
    expect(services.calls.calls.length).toBe(before);
    expect(trapped).toMatchObject({ kind: 'new-password-required', missingAttributes: [] });
    if (trapped.kind !== 'new-password-required') return;
    await expect(complete(trapped.challenge, 'short')).rejects.toMatchObject({ code: 'PASSWORD_POLICY' });
    await expect(complete(trapped.challenge)).rejects.toMatchObject({ code: 'CODE_EXPIRED' });
  });
});

describe('a sign-out', () => {
  test('ends this session and no other', async () => {
    const { authentication } = services;
    const { email } = await services.person();
    const [one, two] = [authenticated(await login(email)), authenticated(await login(email))];
    await authentication.logout(one.viewer, { everywhere: false });
    expect((await authentication.authenticate(`Bearer ${one.accessToken}`)).kind).toBe('rejected');
    await expect(authentication.refreshTokens(one.refreshToken ?? '')).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect((await authentication.authenticate(`Bearer ${two.accessToken}`)).kind).toBe('viewer');
  });

  test('everywhere ends all of them, even while Cognito does not answer', async () => {
    const { authentication, calls } = services;
    const { email } = await services.person();
    const [one, two] = [authenticated(await login(email)), authenticated(await login(email))];
    calls.disturb(({ operation }) =>
      operation === 'AdminUserGlobalSignOut'
        ? { kind: 'exception', name: 'InternalErrorException' }
        : undefined,
    );
    const before = calls.count('AdminUserGlobalSignOut');
    await authentication.logout(one.viewer, { everywhere: true });
    expect(calls.count('AdminUserGlobalSignOut')).toBe(before + 1);
    for (const { accessToken } of [one, two]) {
      expect((await authentication.authenticate(`Bearer ${accessToken}`)).kind).toBe('rejected');
    }
  });
});

describe('a proof of identity', () => {
  test('takes the password and makes no session', async () => {
    const { authentication, sessions, calls } = services;
    const { id, email } = await services.person();
    const { viewer } = authenticated(await login(email));
    const revoked = calls.count('RevokeToken');
    await authentication.proveIdentity(viewer, { password: PASSWORD, code: null }, ADDRESS);
    expect(calls.count('RevokeToken') - revoked).toBe(1);
    expect(await sessions.pageOf(id, { limit: 9, after: null })).toHaveLength(1);
  });

  test('fails with a wrong password, or with none', async () => {
    const { email } = await services.person();
    const { viewer } = authenticated(await login(email));
    const prove = (password: string | null) =>
      services.authentication.proveIdentity(viewer, { password, code: null }, ADDRESS);
    await expect(prove('Wrong-password-1')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    await expect(prove(null)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test('fails where the address has become somebody else’s', async () => {
    const [one, two] = [await services.person(), await services.person()];
    const { viewer } = authenticated(await login(one.email));
    const usurped = services.authenticationWith({
      users: { ...services.users, findFresh: () => services.users.findFresh(two.id) },
    });
    await expect(
      usurped.proveIdentity(viewer, { password: PASSWORD, code: null }, ADDRESS),
    ).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
  });
});
