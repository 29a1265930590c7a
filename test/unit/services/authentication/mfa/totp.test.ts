import { URI } from 'otpauth';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { Authenticator, wrongCode } from '../../../../support/authenticator.js';
import { PASSWORD } from '../../../../support/embedded-cognito.js';
import {
  ADDRESS,
  openIdentityServices,
  type IdentityServices,
} from '../../../../support/identity-services.js';
import {
  askForFactors,
  authenticated,
  personWithAuthenticator,
  PROOF,
  signIn,
} from '../../../../support/mfa-people.js';
import { readQrCode } from '../../../../support/qr-code.js';

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
  await askForFactors(services, 'END_USER', 'OPTIONAL');
});
afterEach(() => services.calls.disturb(() => undefined));
afterAll(() => services.close());

/** A sign-in that waits for the code. */
async function challengeOf(email: string): Promise<string> {
  const step = await signIn(services, email);
  if (step.kind !== 'mfa-required') throw new Error(`No code was asked for, but ${step.kind}.`);
  return step.challenge;
}

const respond = (challenge: string, code: string) =>
  services.authentication.respondToMfa({ challenge, code, method: 'TOTP' }, ADDRESS);

describe('an authenticator', () => {
  test('reads secret, issuer and account out of the QR code', async () => {
    const { setup, email } = await personWithAuthenticator(services);
    expect(readQrCode(setup.qrCode)).toBe(setup.uri);
    expect(URI.parse(setup.uri)).toMatchObject({
      issuer: 'Portcullis',
      label: email,
      algorithm: 'SHA1',
      digits: 6,
      period: 30,
      secret: expect.objectContaining({ base32: setup.secret }) as unknown,
    });
    expect(setup.challenge).toBeNull();
  });

  test('is asked for at the next sign-in, whose session bears the mark', async () => {
    const { email, id, authenticator } = await personWithAuthenticator(services);
    expect(await services.users.mfaOf(id)).toEqual({ enabled: ['TOTP'], preferred: 'TOTP' });
    const step = await signIn(services, email);
    expect(step).toMatchObject({ kind: 'mfa-required', methods: ['TOTP'], destination: null });
    const { viewer } = authenticated(
      await respond(await challengeOf(email), authenticator.nextCode(services.cognito.clock)),
    );
    expect(viewer.userId).toBe(id);
    expect(viewer.session.mfaAuthenticated).toBe(true);
  });

  test('is not set up by a proof without the right password, and changes nothing before it is confirmed', async () => {
    const { email, id } = await services.person();
    const { viewer } = authenticated(await signIn(services, email));
    const { authentication, cognito } = services;
    const guess = { password: 'Wrong-password-1', code: null };
    await expect(authentication.setupTotp.forViewer(viewer, guess, ADDRESS)).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
    const { secret } = await authentication.setupTotp.forViewer(viewer, PROOF, ADDRESS);
    const code = wrongCode(new Authenticator(secret).codeAt(cognito.clock.now()));
    await expect(
      authentication.confirmTotp.forViewer(viewer, { code, deviceName: null }, ADDRESS),
    ).rejects.toMatchObject({ code: 'CODE_MISMATCH' });
    expect(await services.users.mfaOf(id)).toEqual({ enabled: [], preferred: null });
    expect((await signIn(services, email)).kind).toBe('authenticated');
  });

  test('is replaced only by who holds the one before', async () => {
    const { viewer, authenticator, email } = await personWithAuthenticator(services);
    const { authentication, cognito } = services;
    await expect(authentication.setupTotp.forViewer(viewer, PROOF, ADDRESS)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { argument: 'code', method: 'TOTP' },
    });
    const code = authenticator.nextCode(cognito.clock);
    const { secret } = await authentication.setupTotp.forViewer(viewer, { ...PROOF, code }, ADDRESS);
    // Until it is confirmed, the old one is asked for.
    const first = await respond(await challengeOf(email), authenticator.nextCode(cognito.clock));
    expect(first.kind).toBe('authenticated');
    const replacement = new Authenticator(secret);
    const confirmation = { code: replacement.nextCode(cognito.clock), deviceName: null };
    await authentication.confirmTotp.forViewer(viewer, confirmation, ADDRESS);
    await expect(
      respond(await challengeOf(email), authenticator.nextCode(cognito.clock)),
    ).rejects.toMatchObject({ code: 'CODE_MISMATCH' });
    const second = await respond(await challengeOf(email), replacement.nextCode(cognito.clock));
    expect(second.kind).toBe('authenticated');
  });
});

describe('the code of an authenticator', () => {
  test('signs in once: not again in its step, nor by the same challenge', async () => {
    const { email, authenticator } = await personWithAuthenticator(services);
    const challenge = await challengeOf(email);
    const code = authenticator.nextCode(services.cognito.clock);
    expect((await respond(challenge, code)).kind).toBe('authenticated');
    await expect(respond(await challengeOf(email), code)).rejects.toMatchObject({ code: 'CODE_EXPIRED' });
    await expect(respond(challenge, authenticator.nextCode(services.cognito.clock))).rejects.toMatchObject({
      code: 'CODE_EXPIRED',
    });
  });

  test('of two that come at once lets one in', async () => {
    const { email, authenticator } = await personWithAuthenticator(services);
    const challenges = [await challengeOf(email), await challengeOf(email)];
    const code = authenticator.nextCode(services.cognito.clock);
    const steps = await Promise.allSettled(challenges.map((challenge) => respond(challenge, code)));
    expect(steps.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('of another person is wrong', async () => {
    const [one, two] = [await personWithAuthenticator(services), await personWithAuthenticator(services)];
    const code = two.authenticator.nextCode(services.cognito.clock);
    await expect(respond(await challengeOf(one.email), code)).rejects.toMatchObject({
      code: 'CODE_MISMATCH',
    });
  });

  test('comes too late after three minutes', async () => {
    const { email, authenticator } = await personWithAuthenticator(services);
    const challenge = await challengeOf(email);
    services.cognito.clock.advance(3 * 60_000);
    const code = authenticator.codeAt(services.cognito.clock.now());
    await expect(respond(challenge, code)).rejects.toMatchObject({ code: 'CODE_EXPIRED' });
  });

  test('answers the factor that was asked for, and the step that asks for it', async () => {
    const { email, authenticator } = await personWithAuthenticator(services);
    const { authentication, cognito } = services;
    const challenge = await challengeOf(email);
    const code = authenticator.nextCode(cognito.clock);
    await expect(
      authentication.respondToMfa({ challenge, code, method: 'SMS' }, ADDRESS),
    ).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { expected: 'TOTP' } });
    await expect(
      authentication.completeNewPassword({ challenge, newPassword: PASSWORD, attributes: {} }, ADDRESS),
    ).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { step: 'mfa' } });
    await expect(authentication.setupTotp.inSignIn(challenge)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    expect((await respond(challenge, code)).kind).toBe('authenticated');
  });
});

describe('what is no code of an authenticator', () => {
  test.each(['abc', '12345', '1234567', '12345a', ''])('%j is said to be none, and no try', async (code) => {
    const { email } = await personWithAuthenticator(services);
    const challenge = await challengeOf(email);
    const before = services.calls.calls.length;
    await expect(respond(challenge, code)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      message: 'A code of an authenticator has six digits.',
      details: { argument: 'code' },
    });
    expect(services.calls.calls).toHaveLength(before);
  });

  test('is not a blank where the authenticator shows one', async () => {
    const { email, authenticator } = await personWithAuthenticator(services);
    const code = authenticator.nextCode(services.cognito.clock);
    const wide = code.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0));
    const typed = ` ${wide.slice(0, 3)}\u00a0${wide.slice(3)} `;
    expect((await respond(await challengeOf(email), typed)).kind).toBe('authenticated');
  });
});

describe('a proof of identity of who has an authenticator', () => {
  test('takes its code too, makes no session and leaves no tokens', async () => {
    const { viewer, authenticator, id } = await personWithAuthenticator(services);
    const { authentication, cognito, sessions, calls } = services;
    const before = (await sessions.pageOf(id, { limit: 9, after: null })).length;
    const revoked = calls.count('RevokeToken');
    const code = authenticator.nextCode(cognito.clock);
    await authentication.proveIdentity(viewer, { password: PASSWORD, code }, ADDRESS);
    expect(calls.count('RevokeToken') - revoked).toBe(1);
    expect(await sessions.pageOf(id, { limit: 9, after: null })).toHaveLength(before);
    await expect(
      authentication.proveIdentity(viewer, { password: PASSWORD, code }, ADDRESS),
    ).rejects.toMatchObject({ code: 'CODE_EXPIRED' });
    await expect(
      authentication.proveIdentity(viewer, { password: PASSWORD, code: wrongCode(code) }, ADDRESS),
    ).rejects.toMatchObject({ code: 'CODE_MISMATCH' });
  });

  test('stands before its end: without a code it stays on', async () => {
    const { viewer, authenticator, id, email } = await personWithAuthenticator(services);
    const { authentication, cognito, users } = services;
    await expect(authentication.ownMfa.disable(viewer, PROOF, ADDRESS)).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
    });
    expect((await signIn(services, email)).kind).toBe('mfa-required');
    const code = authenticator.nextCode(cognito.clock);
    await authentication.ownMfa.disable(viewer, { ...PROOF, code }, ADDRESS);
    expect(await users.mfaOf(id)).toEqual({ enabled: [], preferred: null });
    expect((await signIn(services, email)).kind).toBe('authenticated');
  });
});

describe('a new password of who has an authenticator', () => {
  test('takes the code too, in one call with the passwords', async () => {
    const { viewer, authenticator } = await personWithAuthenticator(services);
    const { authentication, cognito, calls } = services;
    const passwords = { currentPassword: PASSWORD, newPassword: 'Another-Horse-9-Battery' };
    await expect(
      authentication.changePassword(viewer, { ...passwords, code: null }, ADDRESS),
    ).rejects.toMatchObject({ code: 'BAD_USER_INPUT', details: { argument: 'code', method: 'TOTP' } });
    const code = authenticator.nextCode(cognito.clock);
    await expect(
      authentication.changePassword(viewer, { ...passwords, code: wrongCode(code) }, ADDRESS),
    ).rejects.toMatchObject({ code: 'CODE_MISMATCH' });
    expect(calls.count('ChangePassword')).toBe(0);
    await authentication.changePassword(viewer, { ...passwords, code }, ADDRESS);
    expect(calls.count('ChangePassword')).toBe(1);
  });
});

describe('a lost telephone', () => {
  test('is answered by an administrator: no factor is left, and no session', async () => {
    const { id, email, viewer } = await personWithAuthenticator(services);
    const { administration, sessions, users } = services;
    await administration.resetUserMfa(id);
    expect(await users.mfaOf(id)).toEqual({ enabled: [], preferred: null });
    expect(await sessions.find(viewer.session.id)).toMatchObject({ endReason: 'REVOKED' });
    expect((await signIn(services, email)).kind).toBe('authenticated');
  });
});
