import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  BeginSignInDocument,
  ConfirmTotpDocument,
  DisableMfaDocument,
  MyMfaDocument,
  ReplacePasswordDocument,
  ResetUserMfaDocument,
  RespondToMfaDocument,
  SelectMfaMethodDocument,
  SetMfaPreferenceDocument,
  SetupTotpDocument,
  type StepFragment,
  type UserType,
} from '../operations/generated.js';
import { Authenticator, wrongCode } from '../support/authenticator.js';
import { FakeClock } from '../support/fake-clock.js';
import { readQrCode } from '../support/qr-code.js';
import { PASSWORD, RunningApp } from '../support/running-app.js';

const clock = new FakeClock();
let app: RunningApp;
beforeAll(async () => {
  app = await RunningApp.start({ ADMIN_MFA: 'required', TOTP_ISSUER: 'Example & Co' }, { clock });
});
afterAll(() => app.stop());

type Kind = StepFragment['__typename'];

/** The step of an answer, which has to be of this kind. */
function stepOf<K extends Kind>(step: StepFragment | null | undefined, kind: K) {
  if (step?.__typename !== kind) throw new Error(`Not ${kind}, but ${JSON.stringify(step)}.`);
  return step as Extract<StepFragment, { __typename: K }>;
}

async function begin(email: string, password = PASSWORD, userType: UserType = 'END_USER') {
  const { data } = await app.ask(BeginSignInDocument, {
    variables: { input: { email, password, userType } },
  });
  return data?.login;
}

const respond = async (challenge: string, code: string, method: 'TOTP' | 'SMS' | 'EMAIL' = 'TOTP') =>
  app.ask(RespondToMfaDocument, { variables: { input: { challenge, code, method } } });

/** Somebody who signed up and set an authenticator up. */
async function withAuthenticator(email: string) {
  const { accessToken: token, user } = await app.signUp(email);
  const { data } = await app.ask(SetupTotpDocument, { token, variables: { password: PASSWORD } });
  const setup = data?.setupTotp;
  if (setup === undefined) throw new Error('No set-up.');
  const authenticator = new Authenticator(setup.secret);
  const code = authenticator.codeAt(clock.now());
  const confirmed = await app.ask(ConfirmTotpDocument, {
    token,
    variables: { code, deviceName: 'Telephone' },
  });
  expect([confirmed.data, confirmed.errors]).toEqual([{ confirmTotp: null }, []]);
  return { token, id: user.id, setup, authenticator };
}

describe('an authenticator', () => {
  it('is set up from a QR code, asked for at sign-in, and leaves a mark on the session', async () => {
    const { token, setup, authenticator } = await withAuthenticator('tess@example.com');
    expect(readQrCode(setup.qrCode)).toBe(setup.uri);
    expect(setup.uri).toContain('issuer=Example%20%26%20Co');
    const mine = await app.ask(MyMfaDocument, { token });
    expect(mine.data?.me?.mfa).toEqual({ enabled: ['TOTP'], preferred: 'TOTP' });

    const { challenge } = stepOf(await begin('tess@example.com'), 'MfaRequired');
    const code = authenticator.nextCode(clock);
    expect((await respond(challenge, wrongCode(code))).faults).toEqual(['CODE_MISMATCH at respondToMfa']);
    const { data } = await respond(challenge, code);
    expect(stepOf(data?.respondToMfa, 'Authenticated').session.mfaAuthenticated).toBe(true);
    expect((await respond(challenge, code)).faults).toEqual(['CODE_EXPIRED at respondToMfa']);
    const again = stepOf(await begin('tess@example.com'), 'MfaRequired');
    expect((await respond(again.challenge, code)).faults).toEqual(['CODE_EXPIRED at respondToMfa']);
  });

  it('is no longer asked for once it is turned off, which takes its code', async () => {
    const { token, authenticator } = await withAuthenticator('theo@example.com');
    const disable = (code?: string, password = PASSWORD) =>
      app.ask(DisableMfaDocument, { token, variables: { password, ...(code !== undefined && { code }) } });
    const without = await disable();
    expect(without.faults).toEqual(['BAD_USER_INPUT at disableMfa']);
    expect(without.errors[0]?.extensions.details).toEqual({ argument: 'code', method: 'TOTP' });
    expect((await disable(authenticator.nextCode(clock), 'Wrong-password-1')).faults).toEqual([
      'INVALID_CREDENTIALS at disableMfa',
    ]);
    expect((await disable(authenticator.nextCode(clock))).data).toEqual({ disableMfa: true });
    stepOf(await begin('theo@example.com'), 'Authenticated');
  });

  it('is taken away by an administrator, which ends the sessions', async () => {
    const { token, id } = await withAuthenticator('tara@example.com');
    const admin = await administrator();
    const { data } = await app.ask(ResetUserMfaDocument, { token: admin, variables: { id } });
    expect(data?.resetUserMfa).toEqual({ id, mfa: { enabled: [], preferred: null } });
    expect((await app.ask(MyMfaDocument, { token })).faults).toEqual(['UNAUTHENTICATED at me']);
    stepOf(await begin('tara@example.com'), 'Authenticated');
  });

  it('needs somebody signed in, or a challenge', async () => {
    const anonymous = await app.ask(SetupTotpDocument, { variables: { password: PASSWORD } });
    expect(anonymous.faults).toEqual(['UNAUTHENTICATED at setupTotp']);
    const made = await app.ask(SetupTotpDocument, { variables: { challenge: 'made-up' } });
    expect(made.faults).toEqual(['BAD_USER_INPUT at setupTotp']);
  });
});

describe('a mailed code', () => {
  it('is preferred by who has it, and chosen beside an authenticator', async () => {
    const { token, authenticator } = await withAuthenticator('milo@example.com');
    const code = authenticator.nextCode(clock);
    const preferred = await app.ask(SetMfaPreferenceDocument, {
      token,
      variables: { method: 'EMAIL', password: PASSWORD, code },
    });
    expect(preferred.data?.setMfaPreference.preferred).toBe('EMAIL');
    expect([...(preferred.data?.setMfaPreference.enabled ?? [])].sort()).toEqual(['EMAIL', 'TOTP']);
    const asked = stepOf(await begin('milo@example.com'), 'MfaRequired');
    expect([asked.methods, asked.destination]).toEqual([['EMAIL'], 'm***@e***']);
    const { data } = await respond(asked.challenge, await app.latestCode('milo@example.com'), 'EMAIL');
    stepOf(data?.respondToMfa, 'Authenticated');
  });

  it('is not chosen where nobody may choose', async () => {
    const { authenticator } = await withAuthenticator('mona@example.com');
    const { challenge } = stepOf(await begin('mona@example.com'), 'MfaRequired');
    const { faults } = await app.ask(SelectMfaMethodDocument, { variables: { challenge, method: 'EMAIL' } });
    expect(faults).toEqual(['BAD_USER_INPUT at selectMfaMethod']);
    const { data } = await respond(challenge, authenticator.nextCode(clock));
    stepOf(data?.respondToMfa, 'Authenticated');
  });
});

/** Signs the first administrator in, whose pool requires a second factor. */
async function administrator(): Promise<string> {
  const step = await begin('admin@example.com', app.passwordOf('admin@example.com'), 'ADMIN');
  if (step?.__typename === 'MfaSetupRequired') return setUpInSignIn(step.challenge);
  const { challenge } = stepOf(step, 'MfaRequired');
  const { data } = await respond(challenge, adminsAuthenticator().nextCode(clock));
  return stepOf(data?.respondToMfa, 'Authenticated').accessToken;
}

let kept: Authenticator | undefined;
function adminsAuthenticator(): Authenticator {
  if (kept === undefined) throw new Error('The administrator has no authenticator yet.');
  return kept;
}

async function setUpInSignIn(challenge: string): Promise<string> {
  const setup = await app.ask(SetupTotpDocument, { variables: { challenge } });
  const { secret = '', challenge: next = null } = setup.data?.setupTotp ?? {};
  kept = new Authenticator(secret);
  const { data } = await app.ask(ConfirmTotpDocument, {
    variables: { challenge: next, code: kept.codeAt(clock.now()) },
  });
  const { accessToken, session } = stepOf(data?.confirmTotp, 'Authenticated');
  expect(session.mfaAuthenticated).toBe(true);
  return accessToken;
}

describe('where a second factor is required', () => {
  it('an administrator is not without one, from a temporary password on', async () => {
    const token = await administrator();
    const email = 'new-admin@example.com';
    const temporaryPassword = 'Lantern-Orbit-42-Velvet';
    const created = await app.ask(
      'mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }',
      { token, variables: { input: { email, userType: 'ADMIN', temporaryPassword, roles: ['auditor'] } } },
    );
    expect(created.errors).toEqual([]);
    const first = stepOf(await begin(email, temporaryPassword, 'ADMIN'), 'NewPasswordRequired');
    const replaced = await app.ask(ReplacePasswordDocument, {
      variables: { input: { challenge: first.challenge, newPassword: PASSWORD } },
    });
    const { challenge, methods } = stepOf(replaced.data?.completeNewPassword, 'MfaSetupRequired');
    expect(methods).toEqual(['TOTP']);
    const setup = await app.ask(SetupTotpDocument, { variables: { challenge } });
    const { secret = '', challenge: next = null } = setup.data?.setupTotp ?? {};
    const code = new Authenticator(secret).codeAt(clock.now());
    const wrong = await app.ask(ConfirmTotpDocument, {
      variables: { challenge: next, code: wrongCode(code) },
    });
    expect(wrong.faults).toEqual(['CODE_MISMATCH at confirmTotp']);
    const { data } = await app.ask(ConfirmTotpDocument, { variables: { challenge: next, code } });
    stepOf(data?.confirmTotp, 'Authenticated');
  });
});
