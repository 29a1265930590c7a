import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { PASSWORD } from '../../../support/embedded-cognito.js';
import {
  ADDRESS,
  openIdentityServices,
  refusalOf,
  type IdentityServices,
} from '../../../support/identity-services.js';

const SUB = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
});
afterEach(() => services.calls.disturb(() => undefined));
afterAll(() => services.close());

describe('registration', () => {
  test('goes from sign-up over the code to a sign-in', async () => {
    const { authentication, cognito, users } = services;
    const email = services.newEmail();
    const { userId, ...answer } = await authentication.register({
      email: ` ${email.toUpperCase()}`,
      password: PASSWORD,
      givenName: 'Frida',
      familyName: null,
    });
    expect(answer).toEqual({
      confirmed: false,
      codeDelivery: { medium: 'EMAIL', destination: 'p***@e***' },
    });
    const login = () => authentication.login({ email, password: PASSWORD, userType: 'END_USER' }, ADDRESS);
    await expect(login()).rejects.toMatchObject({ code: 'USER_NOT_CONFIRMED' });
    const code = (await cognito.lastCode(email)) ?? '';
    await authentication.confirmRegistration({ email, userType: 'END_USER', code: ` ${code} ` }, ADDRESS);
    expect(await login()).toMatchObject({ kind: 'authenticated', viewer: { userId } });
    expect(await users.find(userId)).toMatchObject({ email, emailVerified: true, givenName: 'Frida' });
  });

  test('answers for an address that exists as for one that does not', async () => {
    const { authentication, users } = services;
    const { email } = await services.person();
    const taken = await authentication.register({ email, password: PASSWORD });
    const free = await authentication.register({ email: services.newEmail(), password: PASSWORD });
    expect({ ...taken, userId: '' }).toEqual({ ...free, userId: '' });
    expect(taken.userId).toMatch(SUB);
    expect(free.userId).toMatch(SUB);
    expect(await users.find(taken.userId)).toBeUndefined();
    await expect(authentication.register({ email, password: 'short' })).rejects.toMatchObject({
      code: 'PASSWORD_POLICY',
    });
  });

  test('of one address twice at once makes one account, and tells neither of the other', async () => {
    const { authentication, cognito } = services;
    const email = services.newEmail();
    const passwords = [PASSWORD, 'Correct-horse-8'];
    const answers = await Promise.all(
      passwords.map((password) => authentication.register({ email, password })),
    );
    expect({ ...answers[0], userId: '' }).toEqual({ ...answers[1], userId: '' });
    for (const { userId } of answers) expect(userId).toMatch(SUB);
    const code = (await cognito.lastCode(email)) ?? '';
    await authentication.confirmRegistration({ email, userType: 'END_USER', code }, ADDRESS);
    const signIns = await Promise.allSettled(
      passwords.map((password) => authentication.login({ email, password, userType: 'END_USER' }, ADDRESS)),
    );
    expect(signIns.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test.each(['CodeDeliveryFailureException', 'InvalidEmailRoleAccessPolicyException'])(
    'that no mail reaches (%s) is answered as any other',
    async (name) => {
      const { authentication } = services;
      const free = await authentication.register({ email: services.newEmail(), password: PASSWORD });
      services.calls.disturb(({ operation }) =>
        operation === 'SignUp' ? { kind: 'exception', name } : undefined,
      );
      const unreached = await authentication.register({ email: services.newEmail(), password: PASSWORD });
      expect({ ...unreached, userId: '' }).toEqual({ ...free, userId: '' });
      expect(unreached.userId).toMatch(SUB);
    },
  );

  test('of a machine that fills in the honeypot is answered, and nothing happens', async () => {
    const { authentication, calls } = services;
    const email = services.newEmail();
    const trapped = await authentication.register({
      email,
      password: PASSWORD,
      website: 'https://x.example',
    });
    expect(trapped).toMatchObject({ confirmed: false, codeDelivery: { destination: 'p***@e***' } });
    expect(
      calls.calls.filter(({ operation, input }) => operation === 'SignUp' && input.Username === email),
    ).toEqual([]);
  });

  test.each([
    { email: 'nonsense', password: PASSWORD },
    { email: 'a@b.example', password: '' },
    { email: 'a@b.example', password: 'x'.repeat(257) },
    { email: 'a@b.example', password: PASSWORD, familyName: 'x'.repeat(2_049) },
    { email: 'a@b.example', password: PASSWORD, phoneNumber: '030' },
  ])('refuses what no pool takes', async (input) => {
    await expect(services.authentication.register(input)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  });

  test('says of a password which rules it breaks', async () => {
    const registration = services.authentication.register({
      email: services.newEmail(),
      password: 'lower-case-1',
    });
    await expect(registration).rejects.toMatchObject({
      code: 'PASSWORD_POLICY',
      details: { rules: ['UPPERCASE'] },
    });
  });
});

describe('a confirmation code', () => {
  test('that is wrong reads the same for accounts that exist, that do not, and that need none', async () => {
    const { authentication } = services;
    const email = services.newEmail();
    await authentication.register({ email, password: PASSWORD });
    const refusals = await Promise.all(
      [email, services.newEmail(), (await services.person()).email].map((address) =>
        authentication
          .confirmRegistration({ email: address, userType: 'END_USER', code: '000000x' }, ADDRESS)
          .catch((error: { code: string; message: string }) => [error.code, error.message]),
      ),
    );
    expect(refusals[0]?.[0]).toBe('CODE_MISMATCH');
    expect(new Set(refusals.map((refusal) => JSON.stringify(refusal))).size).toBe(1);
  });

  test('reads the same too when it is old, used up or tried too often', async () => {
    const { authentication, cognito } = services;
    const confirm = (email: string, code: string, address = ADDRESS) =>
      refusalOf(authentication.confirmRegistration({ email, userType: 'END_USER', code }, address));
    const [old, tried, used] = await Promise.all(
      [1, 2, 3].map(async () => {
        const email = services.newEmail();
        await authentication.register({ email, password: PASSWORD });
        return { email, code: (await cognito.lastCode(email)) ?? '' };
      }),
    );
    if (!old || !tried || !used) return;
    const unknown = await confirm(services.newEmail(), '123456');
    expect(unknown).toEqual(['CODE_MISMATCH', 'The code is wrong or no longer good.', null]);

    for (let times = 0; times < 5; times++) await confirm(tried.email, '000000x');
    expect(await confirm(tried.email, tried.code, { ...ADDRESS, ipAddress: '192.0.2.8' })).toEqual(unknown);
    expect(await confirm(used.email, used.code)).toBeUndefined();
    expect(await confirm(used.email, used.code)).toEqual(unknown);
    cognito.clock.advance(25 * 60 * 60 * 1000);
    expect(await confirm(old.email, old.code)).toEqual(unknown);
  });

  test('that is wrong locks an account that exists just as one that does not', async () => {
    const { authentication } = services;
    const email = services.newEmail();
    await authentication.register({ email, password: PASSWORD });
    const tries = async (address: string) => {
      const refusals = [];
      for (let times = 0; times < 6; times++) {
        const input = { email: address, userType: 'END_USER', code: '000000x' } as const;
        refusals.push(await refusalOf(authentication.confirmRegistration(input, ADDRESS)));
      }
      return refusals;
    };
    const known = await tries(email);
    expect(known.at(-1)).toEqual([
      'ACCOUNT_LOCKED',
      'Too many failed tries; the account is locked for a while.',
      60,
    ]);
    expect(await tries(services.newEmail())).toEqual(known);
  });

  test('can be asked for as often for an account as for none: the answer does not change', async () => {
    const { authentication } = services;
    const email = services.newEmail();
    await authentication.register({ email, password: PASSWORD });
    const resend = (address: string) =>
      authentication.resendConfirmation({ email: address, userType: 'END_USER' });
    const unknown = await resend(services.newEmail());
    for (let times = 0; times < 7; times++) expect(await resend(email)).toEqual(unknown);
  });

  test.each([
    'CodeDeliveryFailureException',
    'InvalidEmailRoleAccessPolicyException',
    'UserNotFoundException',
  ])('that could not be sent (%s) is answered as one that was', async (name) => {
    const { authentication } = services;
    const email = services.newEmail();
    const sent = await authentication.resendConfirmation({ email, userType: 'END_USER' });
    services.calls.disturb(() => ({ kind: 'exception', name }));
    expect(await authentication.resendConfirmation({ email, userType: 'END_USER' })).toEqual(sent);
  });

  test('is not said to be sent while Cognito does not answer', async () => {
    services.calls.disturb(() => ({ kind: 'exception', name: 'InternalErrorException' }));
    await expect(
      services.authentication.resendConfirmation({ email: services.newEmail(), userType: 'END_USER' }),
    ).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  });

  test('can be sent again, and the answer does not tell who needs one', async () => {
    const { authentication, cognito } = services;
    const email = services.newEmail();
    await authentication.register({ email, password: PASSWORD });
    const first = await cognito.lastCode(email);
    const addresses = [email, services.newEmail(), (await services.person()).email];
    const answers = await Promise.all(
      addresses.map((address) => authentication.resendConfirmation({ email: address, userType: 'END_USER' })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const second = (await cognito.lastCode(email)) ?? '';
    expect(second).not.toBe(first);
    await authentication.confirmRegistration({ email, userType: 'END_USER', code: second }, ADDRESS);
  });
});
