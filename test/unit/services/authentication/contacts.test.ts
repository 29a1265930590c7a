import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import type { Viewer } from '../../../../src/services/authentication/viewer.js';
import type { MfaMethod } from '../../../../src/services/users/user-store.js';
import { PASSWORD } from '../../../support/embedded-cognito.js';
import { ADDRESS, openIdentityServices, type IdentityServices } from '../../../support/identity-services.js';

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
});
afterEach(() => {
  services.calls.disturb(() => undefined);
  vi.restoreAllMocks();
});
afterAll(() => services.close());

async function signIn(email: string, userType: Viewer['userType'] = 'END_USER'): Promise<Viewer> {
  const step = await services.authentication.login({ email, password: PASSWORD, userType }, ADDRESS);
  if (step.kind !== 'authenticated') throw new Error('Not signed in.');
  return step.viewer;
}
async function person(userType: Viewer['userType'] = 'END_USER') {
  const { id, email } = await services.person(userType);
  return { id, email, viewer: await signIn(email, userType) };
}
const changeEmail = (viewer: Viewer, email: string, password = PASSWORD) =>
  services.authentication.changeEmail(viewer, { email, password, code: null }, ADDRESS);
const verify = (viewer: Viewer, code: string, medium: MfaMethod = 'EMAIL') =>
  services.authentication.verifyContact(viewer, { medium, code }, ADDRESS);
const ask = (viewer: Viewer, medium: MfaMethod) =>
  services.authentication.requestContactVerification(viewer, medium);
const deleteMe = (viewer: Viewer, password = PASSWORD) =>
  services.authentication.deleteMe(viewer, { password, code: null }, ADDRESS);
const codeOf = async (to: string) => (await services.cognito.lastCode(to)) ?? '';
const otherThan = (code: string) => (code === '000000' ? '000001' : '000000');

describe('a changed address', () => {
  test('is the viewer’s once it is verified, and not before', async () => {
    const { id, email, viewer } = await person();
    const wanted = services.newEmail();
    expect(await changeEmail(viewer, ` ${wanted.toUpperCase()}`)).toEqual({
      medium: 'EMAIL',
      destination: 'p***@e***',
    });
    expect(await services.users.find(id)).toMatchObject({ email, emailVerified: true });
    await expect(signIn(wanted)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    await signIn(email);

    expect(await verify(viewer, ` ${await codeOf(wanted)} `)).toMatchObject({ id, email: wanted });
    expect(await services.users.find(id)).toMatchObject({ email: wanted, emailVerified: true });
    await expect(signIn(email)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect((await signIn(wanted)).userId).toBe(id);
    expect(await services.sessions.find(viewer.session.id)).toMatchObject({ endedAt: null });
  });

  test('needs the password, without which nothing is sent', async () => {
    const { viewer } = await person();
    const wanted = services.newEmail();
    await expect(changeEmail(viewer, wanted, 'Wrong-horse-99')).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
    });
    expect(await services.cognito.lastCode(wanted)).toBeUndefined();
  });

  test('is not told to be another’s, who is sent nothing, however often it is asked for', async () => {
    const { viewer } = await person();
    const taken = (await services.person()).email;
    const free = services.newEmail();
    const answers = [];
    for (let times = 0; times < 8; times++) {
      answers.push(await changeEmail(viewer, free), await changeEmail(viewer, taken));
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await services.cognito.lastCode(taken)).toBeUndefined();
    expect((await services.users.findFresh(viewer.userId))?.emailVerified).toBe(true);
  });

  test('is the first one’s of two who want it', async () => {
    const [one, other] = [await person(), await person()];
    const wanted = services.newEmail();
    await changeEmail(one.viewer, wanted);
    const first = await codeOf(wanted);
    await changeEmail(other.viewer, wanted);
    const second = await codeOf(wanted);
    const answers = await Promise.allSettled([verify(one.viewer, first), verify(other.viewer, second)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'CONFLICT' },
    });
    const loser = answers[0]?.status === 'rejected' ? one : other;
    expect((await signIn(loser.email)).userId).toBe(loser.id);
  });

  test('is refused where it is the present one', async () => {
    const { email, viewer } = await person();
    await expect(changeEmail(viewer, email.toUpperCase())).rejects.toMatchObject({
      code: 'BAD_USER_INPUT',
      details: { argument: 'email' },
    });
  });

  test('is told to have changed though the caches cannot be told', async () => {
    const { id, viewer } = await person();
    const wanted = services.newEmail();
    await changeEmail(viewer, wanted);
    vi.spyOn(services.cache, 'invalidate').mockRejectedValue(new Error('Redis is down.'));
    await expect(verify(viewer, await codeOf(wanted))).rejects.toMatchObject({ details: { changed: true } });
    vi.restoreAllMocks();
    expect(await services.users.findFresh(id)).toMatchObject({ email: wanted });
  });
});

describe('a code for a contact', () => {
  test('is wrong, used, dead or old in words of its own, since the account is the viewer’s', async () => {
    const { viewer } = await person();
    const wanted = services.newEmail();
    await changeEmail(viewer, wanted);
    const code = await codeOf(wanted);
    await expect(verify(viewer, otherThan(code))).rejects.toMatchObject({ code: 'CODE_MISMATCH' });
    await verify(viewer, code);
    await expect(verify(viewer, code)).rejects.toMatchObject({ code: 'CODE_EXPIRED' });

    await ask(viewer, 'EMAIL');
    const dead = await codeOf(wanted);
    for (let tries = 0; tries < 5; tries++) {
      await expect(verify(viewer, otherThan(dead))).rejects.toMatchObject({ code: 'CODE_MISMATCH' });
      services.cognito.clock.advance(1_000);
    }
    services.cognito.clock.advance(60_000);
    await expect(verify(viewer, dead)).rejects.toMatchObject({ code: 'CODE_EXPIRED' });
  });

  test('of another person’s is none', async () => {
    const [one, other] = [await person(), await person()];
    await changeEmail(one.viewer, services.newEmail());
    const wanted = services.newEmail();
    await changeEmail(one.viewer, wanted);
    await expect(verify(other.viewer, await codeOf(wanted))).rejects.toMatchObject({ code: 'CODE_EXPIRED' });
  });

  test('that resets a password verifies nothing, and the other way round', async () => {
    const { email, viewer } = await person();
    await services.authentication.forgotPassword({ email, userType: 'END_USER' });
    await expect(verify(viewer, await codeOf(email))).rejects.toMatchObject({ code: 'CODE_EXPIRED' });
    await ask(viewer, 'EMAIL');
    const reset = { email, code: await codeOf(email), newPassword: 'Another-horse-8' };
    await expect(
      services.authentication.resetPassword({ ...reset, userType: 'END_USER' }, ADDRESS),
    ).rejects.toMatchObject({ code: 'CODE_MISMATCH' });
  });

  test('verifies a telephone number, as it stands in the text message', async () => {
    const { id, viewer } = await person();
    await expect(ask(viewer, 'SMS')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await services.users.update(id, { phoneNumber: '+15550101234' });
    expect(await ask(viewer, 'SMS')).toEqual({ medium: 'SMS', destination: '+*******1234' });
    expect(await services.users.find(id)).toMatchObject({ phoneNumberVerified: false });
    expect(await verify(viewer, await codeOf('+15550101234'), 'SMS')).toMatchObject({
      phoneNumber: '+15550101234',
      phoneNumberVerified: true,
    });
  });

  test('is none of an authenticator’s', async () => {
    const { viewer } = await person();
    await expect(ask(viewer, 'TOTP')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    await expect(verify(viewer, '123456', 'TOTP')).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test('is sent six times an hour', async () => {
    const { viewer } = await person();
    for (let times = 0; times < 6; times++) await ask(viewer, 'EMAIL');
    await expect(ask(viewer, 'EMAIL')).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });
});

describe('an administrator’s change of an address', () => {
  test('takes effect at once, and is not verified', async () => {
    const { id, email } = await person();
    const given = services.newEmail();
    expect(await services.users.update(id, { email: given, givenName: 'Nora' })).toMatchObject({
      email: given,
      emailVerified: false,
      givenName: 'Nora',
    });
    expect((await signIn(given)).userId).toBe(id);
    await expect(signIn(email)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect(await services.cognito.lastCode(given)).toBeUndefined();
  });
});

describe('deleting oneself', () => {
  test('needs the password, and ends everything', async () => {
    const { id, email, viewer } = await person();
    await expect(deleteMe(viewer, 'Wrong-horse-99')).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    await deleteMe(viewer);
    expect(await services.users.findFresh(id)).toBeUndefined();
    expect(await services.sessions.find(viewer.session.id)).toMatchObject({ endReason: 'USER_DELETED' });
    await expect(signIn(email)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    await expect(deleteMe(viewer)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('twice at once leaves nobody and nothing', async () => {
    const { id, email, viewer } = await person();
    const elsewhere = await signIn(email);
    const answers = await Promise.allSettled([
      deleteMe(viewer),
      deleteMe(elsewhere),
      signIn(email),
      changeEmail(viewer, services.newEmail()),
    ]);
    expect(answers.slice(0, 2).some(({ status }) => status === 'fulfilled')).toBe(true);
    for (const answer of answers.slice(0, 2)) {
      if (answer.status === 'fulfilled') continue;
      expect(answer.reason).toMatchObject({
        code: expect.stringMatching(/^(UNAUTHENTICATED|INVALID_CREDENTIALS)$/) as string,
      });
    }
    expect(await services.users.findFresh(id)).toBeUndefined();
    const sessions = await services.sessions.pageOf(id, { limit: 20, after: null });
    expect(sessions.every(({ endedAt }) => endedAt !== null)).toBe(true);
  });

  test('is not for the last administrator', async () => {
    const { id, viewer } = await person('ADMIN');
    await services.users.grantRole(id, 'administrator');
    await expect(deleteMe(viewer)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await services.users.findFresh(id)).toMatchObject({ enabled: true });
    const other = await person('ADMIN');
    await services.users.grantRole(other.id, 'administrator');
    await deleteMe(viewer);
  });
});
