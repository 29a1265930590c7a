import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { Authenticator, wrongCode } from '../../../../support/authenticator.js';
import { PASSWORD } from '../../../../support/embedded-cognito.js';
import {
  ADDRESS,
  openIdentityServices,
  type IdentityServices,
} from '../../../../support/identity-services.js';
import { askForFactors, authenticated, signIn } from '../../../../support/mfa-people.js';

let services: IdentityServices;
beforeAll(async () => {
  services = await openIdentityServices();
  await askForFactors(services, 'ADMIN', 'ON');
});
afterAll(() => services.close());

async function setupChallengeOf(email: string): Promise<string> {
  const step = await signIn(services, email, 'ADMIN');
  if (step.kind !== 'mfa-setup-required') throw new Error(`No set-up was asked for, but ${step.kind}.`);
  expect(step.methods).toEqual(['TOTP']);
  return step.challenge;
}

describe('a pool that requires a second factor', () => {
  test('has it set up within the sign-in, which goes on to a session', async () => {
    const { authentication, cognito, users } = services;
    const { id, email } = await services.person('ADMIN');
    const setup = await authentication.setupTotp.inSignIn(await setupChallengeOf(email));
    const challenge = setup.challenge ?? '';
    const authenticator = new Authenticator(setup.secret);
    const confirm = (code: string) =>
      authentication.confirmTotp.inSignIn(challenge, { code, deviceName: 'Telephone' }, ADDRESS);
    const code = authenticator.codeAt(cognito.clock.now());
    await expect(confirm(wrongCode(code))).rejects.toMatchObject({ code: 'CODE_MISMATCH' });
    const { viewer } = authenticated(await confirm(code));
    expect(viewer).toMatchObject({ userId: id, userType: 'ADMIN', session: { mfaAuthenticated: true } });
    expect(await users.mfaOf(id)).toMatchObject({ enabled: ['TOTP'] });
    await expect(confirm(code)).rejects.toMatchObject({ code: 'CODE_EXPIRED' });

    // Proven as it may be, it is not given up.
    const proof = { password: PASSWORD, code: authenticator.nextCode(cognito.clock) };
    await expect(authentication.ownMfa.disable(viewer, proof, ADDRESS)).rejects.toMatchObject({
      code: 'CONFLICT',
    });

    const next = await signIn(services, email, 'ADMIN');
    if (next.kind !== 'mfa-required') throw new Error(next.kind);
    const answer = {
      challenge: next.challenge,
      code: authenticator.nextCode(cognito.clock),
      method: 'TOTP' as const,
    };
    expect((await authentication.respondToMfa(answer, ADDRESS)).kind).toBe('authenticated');
  });

  test('has it set up after a temporary password was replaced', async () => {
    const { authentication, cognito, administration } = services;
    const email = services.newEmail();
    const temporaryPassword = 'Temporary-pass-1';
    await administration.createUser({
      ...{ userType: 'ADMIN', email, temporaryPassword },
      suppressInvitation: true,
      roles: [],
    });
    const first = await authentication.login(
      { email, password: temporaryPassword, userType: 'ADMIN' },
      ADDRESS,
    );
    if (first.kind !== 'new-password-required') throw new Error(first.kind);
    const second = await authentication.completeNewPassword(
      { challenge: first.challenge, newPassword: PASSWORD, attributes: {} },
      ADDRESS,
    );
    if (second.kind !== 'mfa-setup-required') throw new Error(second.kind);
    const setup = await authentication.setupTotp.inSignIn(second.challenge);
    const code = new Authenticator(setup.secret).codeAt(cognito.clock.now());
    const confirmation = { code, deviceName: null };
    const third = await authentication.confirmTotp.inSignIn(setup.challenge ?? '', confirmation, ADDRESS);
    expect(authenticated(third).viewer.session.mfaAuthenticated).toBe(true);
  });

  test('lets nobody past the set-up by another road', async () => {
    const { authentication } = services;
    const { email } = await services.person('ADMIN');
    const challenge = await setupChallengeOf(email);
    const confirmation = { code: '123456', deviceName: null };
    const answer = { challenge, code: '123456', method: 'TOTP' as const };
    for (const attempt of [
      authentication.confirmTotp.inSignIn(challenge, confirmation, ADDRESS),
      authentication.respondToMfa(answer, ADDRESS),
      authentication.selectMfaMethod({ challenge, method: 'TOTP' }, ADDRESS),
      authentication.completeNewPassword({ challenge, newPassword: PASSWORD, attributes: {} }, ADDRESS),
    ]) {
      await expect(attempt).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
    }
  });
});
