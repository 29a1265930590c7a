import {
  AdminDisableUserCommand,
  AdminUpdateUserAttributesCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import type { PromisedEndings } from '../../../../src/services/sessions/promised-endings.js';
import type { Viewer } from '../../../../src/services/authentication/viewer.js';
import { PASSWORD } from '../../../support/embedded-cognito.js';
import {
  ADDRESS,
  openIdentityServices,
  refusalOf,
  type IdentityServices,
} from '../../../support/identity-services.js';
import { serverError, throttle, type Fault } from '../../../support/recording-handler.js';

const NEXT = 'Another-horse-8';
const HOUR = 3_600_000;
const ELSEWHERE = { ipAddress: '198.51.100.9', userAgent: 'Safari' };

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
});
afterEach(() => {
  services.calls.disturb(() => undefined);
  vi.restoreAllMocks();
});
afterAll(() => services.close());

async function signIn(email: string, password = PASSWORD): Promise<{ viewer: Viewer; refreshToken: string }> {
  const step = await services.authentication.login({ email, password, userType: 'END_USER' }, ADDRESS);
  if (step.kind !== 'authenticated') throw new Error('Not signed in.');
  return { viewer: step.viewer, refreshToken: step.refreshToken ?? '' };
}
const forgot = (email: string) => services.authentication.forgotPassword({ email, userType: 'END_USER' });
const reset = (email: string, code: string, newPassword = NEXT, address = ADDRESS) =>
  services.authentication.resetPassword({ email, userType: 'END_USER', code, newPassword }, address);
const change = (viewer: Viewer, currentPassword: string, newPassword: string) =>
  services.authentication.changePassword(viewer, { currentPassword, newPassword, code: null }, ADDRESS);
const codeOf = async (email: string) => (await services.cognito.lastCode(email)) ?? '';
const otherThan = (code: string) => (code === '000000' ? '000001' : '000000');
const sessionOf = ({ session }: Viewer) => services.sessions.find(session.id);

/** End users whose passwords cannot be reset, each for a reason of its own. */
async function unreachable() {
  const { cognito, pools, authentication } = services;
  const UserPoolId = pools.END_USER.poolId;
  const [disabled, unverified, unconfirmed] = [
    (await services.person()).email,
    (await services.person()).email,
    services.newEmail(),
  ];
  await cognito.sdk.send(new AdminDisableUserCommand({ UserPoolId, Username: disabled }));
  const UserAttributes = [{ Name: 'email_verified', Value: 'false' }];
  await cognito.sdk.send(
    new AdminUpdateUserAttributesCommand({ UserPoolId, Username: unverified, UserAttributes }),
  );
  await authentication.register({ email: unconfirmed, password: PASSWORD });
  return { disabled, unverified, unconfirmed };
}

describe('a forgotten password', () => {
  test('is replaced with the mailed code, and ends all sessions of the person, here and at Cognito', async () => {
    const { id, email } = await services.person();
    const [one, other] = [await signIn(email), await signIn(email)];
    const bystander = await signIn((await services.person()).email);
    expect(await forgot(` ${email.toUpperCase()}`)).toEqual({ medium: 'EMAIL', destination: 'p***@e***' });
    const before = services.calls.calls.length;
    await reset(email.toUpperCase(), ` ${await codeOf(email)} `);

    for (const { viewer } of [one, other]) {
      expect(await sessionOf(viewer)).toMatchObject({ endReason: 'PASSWORD_CHANGED' });
    }
    expect(await sessionOf(bystander.viewer)).toMatchObject({ endedAt: null });
    const asked = services.calls.calls.slice(before).map(({ operation }) => operation);
    expect(asked).toContain('AdminUserGlobalSignOut');
    await expect(services.authentication.refreshTokens(one.refreshToken)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    await expect(signIn(email)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    expect((await signIn(email, NEXT)).viewer.userId).toBe(id);
  });

  test('is answered the same whoever it is that has none, and that has none to reset', async () => {
    const known = (await services.person()).email;
    const { disabled, unverified, unconfirmed } = await unreachable();
    const answers = [];
    for (const email of [known, disabled, unverified, unconfirmed, services.newEmail()]) {
      for (let times = 0; times < 8; times++) answers.push(JSON.stringify(await forgot(email)));
    }
    expect(new Set(answers).size).toBe(1);
    for (const name of [
      'CodeDeliveryFailureException',
      'UserNotFoundException',
      'UserNotConfirmedException',
    ]) {
      services.calls.disturb(() => ({ kind: 'exception', name }));
      expect(JSON.stringify(await forgot(known))).toBe(answers[0]);
    }
  });

  test('is not said to be on its way while Cognito does not answer', async () => {
    services.calls.disturb(() => ({ kind: 'exception', name: 'InternalErrorException' }));
    await expect(forgot(services.newEmail())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  test('reads CODE_MISMATCH whatever is amiss with the code or the account', async () => {
    const unknown = await refusalOf(reset(services.newEmail(), '123456'));
    expect(unknown?.[0]).toBe('CODE_MISMATCH');
    const refused: unknown[] = [];
    const note = async (email: string, code: string) => refused.push(await refusalOf(reset(email, code)));

    const [fresh, used, expired, tried] = await Promise.all(
      Array.from({ length: 4 }, async () => (await services.person()).email),
    );
    if (!fresh || !used || !expired || !tried) return;
    await note(fresh, '123456');
    await forgot(fresh);
    await note(fresh, otherThan(await codeOf(fresh)));
    await forgot(used);
    const spent = await codeOf(used);
    await reset(used, spent);
    await note(used, spent);
    await forgot(tried);
    const dead = await codeOf(tried);
    for (let tries = 0; tries < 5; tries++) {
      // From here and from there, so that no address is locked before the code is dead.
      const address = tries % 2 === 0 ? ADDRESS : ELSEWHERE;
      await refusalOf(reset(tried, otherThan(dead), NEXT, address));
    }
    refused.push(await refusalOf(reset(tried, dead)));
    for (const email of Object.values(await unreachable())) await note(email, '123456');
    await forgot(expired);
    const late = await codeOf(expired);
    services.cognito.clock.advance(HOUR);
    await note(expired, late);
    for (const refusal of refused) expect(refusal).toEqual(unknown);
  });

  test('is judged by its successor before anybody looks whose it is', async () => {
    for (const email of [services.newEmail(), (await services.person()).email]) {
      await expect(reset(email, '123456', '')).rejects.toMatchObject({
        code: 'BAD_USER_INPUT',
        details: { argument: 'newPassword' },
      });
      await expect(reset(email, '123456', 'short')).rejects.toMatchObject({ code: 'PASSWORD_POLICY' });
    }
    const passwordRules = { requireAcceptable: async () => NEXT };
    const { email } = await services.person();
    await forgot(email);
    await services
      .authenticationWith({ passwordRules })
      .resetPassword(
        { email, userType: 'END_USER', code: await codeOf(email), newPassword: 'as it was typed' },
        ADDRESS,
      );
    await signIn(email, NEXT);
  });

  test('is not one of the last five, and its code stays good when it is', async () => {
    const { email } = await services.person();
    await forgot(email);
    const code = await codeOf(email);
    await expect(reset(email, code, PASSWORD)).rejects.toMatchObject({
      code: 'PASSWORD_POLICY',
      details: { rules: ['HISTORY'] },
    });
    await expect(reset(email, otherThan(code), PASSWORD)).rejects.toMatchObject({ code: 'CODE_MISMATCH' });
    await reset(email, code);
  });

  test('locks the account for a while after five wrong codes, be there such an account or not', async () => {
    const lockedAfter = async (email: string) => {
      for (let tries = 0; tries < 5; tries++) {
        await expect(reset(email, '000000x')).rejects.toMatchObject({ code: 'CODE_MISMATCH' });
      }
      return refusalOf(reset(email, '123456'));
    };
    const known = await lockedAfter((await services.person()).email);
    expect(known?.[0]).toBe('ACCOUNT_LOCKED');
    expect(await lockedAfter(services.newEmail())).toEqual(known);
  });

  test('is not replaced where nobody could say whose sessions end', async () => {
    const { email } = await services.person();
    await forgot(email);
    const code = await codeOf(email);
    services.calls.disturb(({ operation }) =>
      operation === 'AdminGetUser' ? { kind: 'exception', name: 'InternalErrorException' } : undefined,
    );
    await expect(reset(email, code)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    services.calls.disturb(() => undefined);
    await signIn(email);
    await reset(email, code);
  });

  test('ends sessions on record though the caches cannot be told, and says that it is changed', async () => {
    const { email } = await services.person();
    const { viewer } = await signIn(email);
    await forgot(email);
    const code = await codeOf(email);
    vi.spyOn(services.cache, 'invalidate').mockRejectedValue(new Error('Redis is down.'));
    await expect(reset(email, code)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      retryable: false,
      details: { changed: true },
    });
    vi.restoreAllMocks();
    expect(await sessionOf(viewer)).toMatchObject({ endReason: 'PASSWORD_CHANGED' });
    await signIn(email, NEXT);
  });
});

describe('a changed password', () => {
  test('ends the other sessions and not the one that changed it', async () => {
    const { email } = await services.person();
    const [here, there] = [await signIn(email), await signIn(email)];
    await change(here.viewer, PASSWORD, NEXT);
    expect(await sessionOf(there.viewer)).toMatchObject({ endReason: 'PASSWORD_CHANGED' });
    expect(await sessionOf(here.viewer)).toMatchObject({ endedAt: null });
    await expect(services.authentication.refreshTokens(there.refreshToken)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    expect(await services.authentication.refreshTokens(here.refreshToken)).toMatchObject({
      kind: 'authenticated',
    });
    await expect(signIn(email)).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    await signIn(email, NEXT);
  });

  test('needs the present one, which is counted as in a sign-in', async () => {
    const { email } = await services.person();
    const [{ viewer }, other] = [await signIn(email), await signIn(email)];
    for (let tries = 0; tries < 5; tries++) {
      await expect(change(viewer, 'Wrong-horse-99', NEXT)).rejects.toMatchObject({
        code: 'INVALID_CREDENTIALS',
      });
    }
    await expect(change(viewer, PASSWORD, NEXT)).rejects.toMatchObject({ code: 'ACCOUNT_LOCKED' });
    await expect(signIn(email)).rejects.toMatchObject({ code: 'ACCOUNT_LOCKED' });
    expect(await sessionOf(other.viewer)).toMatchObject({ endedAt: null });
    services.cognito.clock.advance(60_000);
    await change(viewer, PASSWORD, NEXT);
  });

  test('is held against the policy and the last five', async () => {
    const { email } = await services.person();
    const { viewer } = await signIn(email);
    const passwords = [PASSWORD, ...[1, 2, 3, 4].map((number) => `Horse-number-${number}`)];
    for (const [index, password] of passwords.slice(1).entries()) {
      await change(viewer, passwords[index] ?? '', password);
    }
    const current = passwords.at(-1) ?? '';
    for (const used of passwords) {
      await expect(change(viewer, current, used)).rejects.toMatchObject({
        code: 'PASSWORD_POLICY',
        details: { rules: ['HISTORY'] },
      });
    }
    await expect(change(viewer, current, 'short')).rejects.toMatchObject({ code: 'PASSWORD_POLICY' });
    await change(viewer, current, NEXT);
    await change(viewer, NEXT, PASSWORD);
  });

  test('is not changed by who was signed out of Cognito', async () => {
    const { id, email } = await services.person();
    const { viewer } = await signIn(email);
    await services.users.signOutEverywhere(id);
    await expect(change(viewer, PASSWORD, NEXT)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    await signIn(email);
  });

  test('ends the other sessions also where nobody knows whether Cognito made it, and none where it is refused', async () => {
    const { email } = await services.person();
    const [here, there] = [await signIn(email), await signIn(email)];
    const minuteLater = async () => {
      services.cognito.clock.advance(60_000);
      await services.endings.keepOverdue();
    };
    const failing = (fault: Fault) =>
      services.calls.disturb(({ operation }) => (operation === 'ChangePassword' ? fault : undefined));

    failing(throttle);
    await expect(change(here.viewer, PASSWORD, NEXT)).rejects.toMatchObject({ code: 'UPSTREAM_THROTTLED' });
    await minuteLater();
    expect(await sessionOf(there.viewer)).toMatchObject({ endedAt: null });

    failing(serverError);
    await expect(change(here.viewer, PASSWORD, NEXT)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await minuteLater();
    expect(await sessionOf(there.viewer)).toMatchObject({ endReason: 'PASSWORD_CHANGED' });
    expect(await sessionOf(here.viewer)).toMatchObject({ endedAt: null });
  });

  test('says that it is changed where the other sessions could not be ended', async () => {
    const { email } = await services.person();
    const { viewer } = await signIn(email);
    const other = await signIn(email);
    const endings: Pick<PromisedEndings, 'before'> = {
      before: async (ending, change) => ({
        ...(await services.endings.before(ending, change)),
        end: () => Promise.reject(new Error('The database is down.')),
      }),
    };
    const authentication = services.authenticationWith({ endings });
    await expect(
      authentication.changePassword(
        viewer,
        { currentPassword: PASSWORD, newPassword: NEXT, code: null },
        ADDRESS,
      ),
    ).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable: false, details: { changed: true } });
    await signIn(email, NEXT);
    services.cognito.clock.advance(60_000);
    await services.endings.keepOverdue();
    expect(await sessionOf(other.viewer)).toMatchObject({ endReason: 'PASSWORD_CHANGED' });
    expect(await sessionOf(viewer)).toMatchObject({ endedAt: null });
  });
});

describe('a password taken by an administrator', () => {
  test('lets its owner back in by the mailed code alone', async () => {
    const { id, email } = await services.person();
    const { viewer, refreshToken } = await signIn(email);
    expect(await services.administration.resetUserPassword(id)).toMatchObject({ status: 'RESET_REQUIRED' });
    expect(await sessionOf(viewer)).toMatchObject({ endReason: 'PASSWORD_CHANGED' });
    await expect(services.authentication.refreshTokens(refreshToken)).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    await expect(signIn(email)).rejects.toMatchObject({ code: 'PASSWORD_RESET_REQUIRED' });
    await forgot(email);
    await reset(email, await codeOf(email));
    expect(await services.users.find(id)).toMatchObject({ status: 'CONFIRMED' });
    await signIn(email, NEXT);
  });

  test('is refused where no code can go', async () => {
    const { disabled, unverified, unconfirmed } = await unreachable();
    const invited = services.newEmail();
    const { administration, users } = services;
    await administration.createUser({
      userType: 'END_USER',
      email: invited,
      suppressInvitation: true,
      roles: [],
    });
    for (const [email, reason] of [
      [disabled, 'DISABLED'],
      [unverified, 'NO_VERIFIED_CONTACT'],
      [unconfirmed, 'UNCONFIRMED'],
      [invited, 'INVITED'],
    ] as const) {
      const person = await users.findByEmail('END_USER', email);
      await expect(administration.resetUserPassword(person?.id ?? '')).rejects.toMatchObject({
        code: 'CONFLICT',
        details: { reason },
      });
    }
    await expect(
      services.administration.resetUserPassword('00000000-0000-0000-0000-000000000000'),
    ).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('is not that of the last administrator', async () => {
    const [ada, eva] = [await services.person('ADMIN'), await services.person('ADMIN')];
    await services.users.grantRole(ada.id, 'administrator');
    await expect(services.administration.resetUserPassword(ada.id)).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await services.users.grantRole(eva.id, 'administrator');
    const both = await Promise.allSettled(
      [ada, eva].map(({ id }) => services.administration.resetUserPassword(id)),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
