import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FakeClock } from '../support/fake-clock.js';
import { PASSWORD, RunningApp, type GraphqlAnswer, type SignedIn } from '../support/running-app.js';

const NEXT = 'Another-Lighthouse-31';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const clock = new FakeClock();
let app: RunningApp;
beforeAll(async () => {
  app = await RunningApp.start({}, { clock });
});
afterAll(() => app.stop());

const me = (token: string) => app.ask('{ me { id email emailVerified } }', { token });
const forgot = (email: string) =>
  app.ask('mutation ($email: EmailAddress!) { forgotPassword(email: $email) { medium destination } }', {
    variables: { email },
  });
const reset = (email: string, code: string, newPassword = NEXT) =>
  app.ask('mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) }', {
    variables: { input: { email, code, newPassword } },
  });
const changePassword = (token: string | undefined, currentPassword: string, newPassword: string) =>
  app.ask('mutation ($input: ChangePasswordInput!) { changePassword(input: $input) }', {
    token,
    variables: { input: { currentPassword, newPassword } },
  });
const changeEmail = (token: string, email: string, password = PASSWORD) =>
  app.ask(
    'mutation ($email: EmailAddress!, $password: String!) { changeEmail(email: $email, password: $password) { medium destination } }',
    { token, variables: { email, password } },
  );
const requestVerification = (token: string, medium: string) =>
  app.ask(
    'mutation ($medium: MfaMethod!) { requestContactVerification(medium: $medium) { medium destination } }',
    { token, variables: { medium } },
  );
const verify = (token: string, medium: string, code: string) =>
  app.ask(
    'mutation ($medium: MfaMethod!, $code: String!) { verifyContact(medium: $medium, code: $code) { email emailVerified phoneNumberVerified } }',
    { token, variables: { medium, code } },
  );
const deleteMe = (token: string, password = PASSWORD) =>
  app.ask('mutation ($password: String!) { deleteMe(password: $password) }', {
    token,
    variables: { password },
  });
const resetUser = (token: string, id: string) =>
  app.ask('mutation ($id: ID!) { resetUserPassword(id: $id) { status } }', { token, variables: { id } });
const login = (email: string, password: string) =>
  app.ask(
    'mutation ($input: LoginInput!) { login(input: $input) { __typename ... on Authenticated { user { email } } } }',
    { variables: { input: { email, password } } },
  );
const refresh = ({ refreshToken }: SignedIn) =>
  app.ask('mutation ($token: String!) { refreshTokens(refreshToken: $token) { accessToken } }', {
    variables: { token: refreshToken },
  });
const otherThan = (code: string) => (code === '000000' ? '000001' : '000000');
/** The answer byte for byte, but for what names the request. */
const body = ({ text }: GraphqlAnswer<unknown>) => text.replace(/"requestId":"[^"]*"/g, '"requestId":""');

describe('a forgotten password', () => {
  it('is replaced by mail: all sessions end, and the old one signs nobody in', async () => {
    const [one, other] = [await app.signUp('fay@example.com'), await app.signIn('fay@example.com')];
    expect((await forgot('Fay@example.com')).data).toEqual({
      forgotPassword: { medium: 'EMAIL', destination: 'f***@e***' },
    });
    const code = await app.latestCode('fay@example.com');
    expect((await reset('fay@example.com', code, 'short')).faults).toEqual([
      'PASSWORD_POLICY at resetPassword',
    ]);
    expect((await reset('fay@example.com', code, PASSWORD)).errors[0]?.extensions).toMatchObject({
      code: 'PASSWORD_POLICY',
      details: { rules: ['HISTORY'] },
    });
    expect((await reset('fay@example.com', code)).data).toEqual({ resetPassword: true });

    for (const session of [one, other]) {
      expect((await me(session.accessToken)).faults).toEqual(['UNAUTHENTICATED at me']);
      expect((await refresh(session)).faults).toEqual(['UNAUTHENTICATED at refreshTokens']);
    }
    expect((await login('fay@example.com', PASSWORD)).faults).toEqual(['INVALID_CREDENTIALS at login']);
    clock.advance(1);
    const again = await app.signIn('fay@example.com', { password: NEXT });
    const { data } = await app.ask('{ me { sessions { nodes { endReason } } } }', {
      token: again.accessToken,
    });
    expect(data).toEqual({
      me: {
        sessions: {
          nodes: [{ endReason: null }, { endReason: 'PASSWORD_CHANGED' }, { endReason: 'PASSWORD_CHANGED' }],
        },
      },
    });
  });

  it('is answered byte for byte the same for accounts that exist and that do not', async () => {
    await app.signUp('nia@example.com');
    const known = await forgot('nia@example.com');
    const unknown = await forgot('nobody@example.com');
    expect(body(unknown)).toBe(body(known));
    expect((await app.mailbox()).filter(({ to }) => to === 'nobody@example.com' || to === '')).toEqual([]);

    const code = await app.latestCode('nia@example.com');
    const wrong = await reset('nia@example.com', otherThan(code));
    expect(wrong.faults).toEqual(['CODE_MISMATCH at resetPassword']);
    expect(body(await reset('nobody@example.com', otherThan(code)))).toBe(body(wrong));
    clock.advance(HOUR);
    expect(body(await reset('nia@example.com', code))).toBe(body(wrong));
    await forgot('nia@example.com');
    const fresh = await app.latestCode('nia@example.com');
    expect((await reset('nia@example.com', fresh)).errors).toEqual([]);
    expect(body(await reset('nia@example.com', fresh))).toBe(body(wrong));
  });

  it('does not go by another person’s code', async () => {
    await app.signUp('ida@example.com');
    await app.signUp('una@example.com');
    await forgot('ida@example.com');
    await forgot('una@example.com');
    const [mine, theirs] = [await app.latestCode('ida@example.com'), await app.latestCode('una@example.com')];
    if (mine !== theirs) {
      expect((await reset('una@example.com', mine)).faults).toEqual(['CODE_MISMATCH at resetPassword']);
    }
    expect((await reset('una@example.com', theirs)).errors).toEqual([]);
  });

  it('locks after five wrong codes, with the right one too, and its code is then dead', async () => {
    await app.signUp('gus@example.com');
    await forgot('gus@example.com');
    const code = await app.latestCode('gus@example.com');
    for (let tries = 0; tries < 5; tries += 1) {
      expect((await reset('gus@example.com', otherThan(code))).faults).toEqual([
        'CODE_MISMATCH at resetPassword',
      ]);
    }
    const locked = await reset('gus@example.com', code);
    expect(locked.errors[0]?.extensions).toMatchObject({
      code: 'ACCOUNT_LOCKED',
      retry: { retryable: true, retryAfter: 60 },
    });
    clock.advance(MINUTE);
    expect((await reset('gus@example.com', code)).faults).toEqual(['CODE_MISMATCH at resetPassword']);
    await expect(app.signIn('gus@example.com')).resolves.toBeTruthy();
  });
});

describe('a changed password', () => {
  it('ends the viewer’s other sessions and keeps the current one', async () => {
    const [here, there] = [await app.signUp('hal@example.com'), await app.signIn('hal@example.com')];
    expect((await changePassword(undefined, PASSWORD, NEXT)).faults).toEqual([
      'UNAUTHENTICATED at changePassword',
    ]);
    expect((await changePassword(here.accessToken, 'Wrong-Horse-9-Battery', NEXT)).faults).toEqual([
      'INVALID_CREDENTIALS at changePassword',
    ]);
    expect((await me(there.accessToken)).errors).toEqual([]);
    expect((await changePassword(here.accessToken, PASSWORD, NEXT)).data).toEqual({ changePassword: true });
    expect((await me(there.accessToken)).faults).toEqual(['UNAUTHENTICATED at me']);
    expect((await me(here.accessToken)).errors).toEqual([]);
    expect((await refresh(here)).errors).toEqual([]);
    expect((await login('hal@example.com', PASSWORD)).faults).toEqual(['INVALID_CREDENTIALS at login']);
    expect((await login('hal@example.com', NEXT)).errors).toEqual([]);
  });

  it('is one try in an operation', async () => {
    const { accessToken } = await app.signIn('hal@example.com', { password: NEXT });
    const { errors, data } = await app.ask(
      `mutation {
        a: changePassword(input: { currentPassword: "a", newPassword: "${PASSWORD}" })
        b: changePassword(input: { currentPassword: "b", newPassword: "${PASSWORD}" })
      }`,
      { token: accessToken },
    );
    expect(errors).toHaveLength(1);
    expect(data ?? null).toBeNull();
  });
});

describe('a password taken by an administrator', () => {
  it('lets its owner back in by mail', async () => {
    const admin = await app.signIn('admin@example.com');
    const kim = await app.signUp('kim@example.com');
    expect((await resetUser(kim.accessToken, kim.user.id)).faults).toEqual([
      'FORBIDDEN at resetUserPassword',
    ]);
    expect((await resetUser(admin.accessToken, kim.user.id)).data).toEqual({
      resetUserPassword: { status: 'RESET_REQUIRED' },
    });
    expect((await me(kim.accessToken)).faults).toEqual(['UNAUTHENTICATED at me']);
    expect((await login('kim@example.com', PASSWORD)).faults).toEqual(['PASSWORD_RESET_REQUIRED at login']);
    expect((await forgot('kim@example.com')).errors).toEqual([]);
    await reset('kim@example.com', await app.latestCode('kim@example.com'));
    await expect(app.signIn('kim@example.com', { password: NEXT })).resolves.toBeTruthy();

    expect((await resetUser(admin.accessToken, admin.user.id)).faults).toEqual([
      'FORBIDDEN at resetUserPassword',
    ]);
    const nobody = await resetUser(admin.accessToken, '00000000-0000-0000-0000-000000000000');
    expect(nobody.faults).toEqual(['NOT_FOUND at resetUserPassword']);
  });
});

describe('a changed address', () => {
  it('is the viewer’s from the moment that it is verified', async () => {
    const { accessToken } = await app.signUp('lea@example.com');
    expect((await changeEmail(accessToken, 'lea.new@example.com', 'Wrong-Horse-9-Battery')).faults).toEqual([
      'INVALID_CREDENTIALS at changeEmail',
    ]);
    const changed = await changeEmail(accessToken, 'Lea.New@example.com');
    expect(changed.data).toEqual({ changeEmail: { medium: 'EMAIL', destination: 'l***@e***' } });
    expect((await me(accessToken)).data).toMatchObject({
      me: { email: 'lea@example.com', emailVerified: true },
    });
    expect((await login('lea@example.com', PASSWORD)).errors).toEqual([]);

    const code = await app.latestCode('lea.new@example.com');
    expect((await verify(accessToken, 'EMAIL', otherThan(code))).faults).toEqual([
      'CODE_MISMATCH at verifyContact',
    ]);
    expect((await verify(accessToken, 'TOTP', code)).faults).toEqual(['BAD_USER_INPUT at verifyContact']);
    expect((await verify(accessToken, 'EMAIL', code)).data).toMatchObject({
      verifyContact: { email: 'lea.new@example.com', emailVerified: true },
    });
    expect((await me(accessToken)).data).toMatchObject({ me: { email: 'lea.new@example.com' } });
    expect((await verify(accessToken, 'EMAIL', code)).faults).toEqual(['CODE_EXPIRED at verifyContact']);
    expect((await login('lea@example.com', PASSWORD)).faults).toEqual(['INVALID_CREDENTIALS at login']);
    expect((await login('lea.new@example.com', PASSWORD)).errors).toEqual([]);
  });

  it('is not told to be taken, and is the first one’s of two who want it', async () => {
    const [max, mia] = [await app.signUp('max@example.com'), await app.signUp('mia@example.com')];
    const taken = await changeEmail(max.accessToken, 'mia@example.com');
    const mails = (await app.mailbox()).filter(
      ({ to, kind }) => to === 'mia@example.com' && kind === 'VERIFICATION',
    );
    expect(mails).toEqual([]);
    const free = await changeEmail(max.accessToken, 'm@example.com');
    expect(body(free)).toBe(body(taken));
    const first = await app.latestCode('m@example.com');
    await changeEmail(mia.accessToken, 'm@example.com');
    const second = await app.latestCode('m@example.com');
    const answers = await Promise.all([
      verify(max.accessToken, 'EMAIL', first),
      verify(mia.accessToken, 'EMAIL', second),
    ]);
    expect(answers.map(({ faults }) => faults.join()).sort()).toEqual(['', 'CONFLICT at verifyContact']);
  });

  it('is not the administration’s of oneself, which says what is', async () => {
    const admin = await app.signIn('admin@example.com');
    const { errors } = await app.ask(
      'mutation ($id: ID!) { updateUser(input: { id: $id, email: "other@example.com" }) { id } }',
      { token: admin.accessToken, variables: { id: admin.user.id } },
    );
    expect(errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors[0]?.message).toContain('changeEmail');
  });
});

describe('a telephone number', () => {
  it('is verified by a text message', async () => {
    const { accessToken } = await app.signUp('ned@example.com');
    expect((await requestVerification(accessToken, 'SMS')).faults).toEqual([
      'BAD_USER_INPUT at requestContactVerification',
    ]);
    await app.ask(
      `mutation { updateMe(input: { phoneNumber: "+15550101234", password: "${PASSWORD}" }) { id } }`,
      { token: accessToken },
    );
    expect((await requestVerification(accessToken, 'SMS')).data).toEqual({
      requestContactVerification: { medium: 'SMS', destination: '+*******1234' },
    });
    const code = await app.latestCode('+15550101234');
    expect((await verify(accessToken, 'EMAIL', code)).faults).toEqual(['CODE_EXPIRED at verifyContact']);
    expect((await verify(accessToken, 'SMS', code)).data).toMatchObject({
      verifyContact: { phoneNumberVerified: true },
    });
  });
});

describe('deleting oneself', () => {
  it('needs the password, and leaves nothing that works', async () => {
    const [here, there] = [await app.signUp('olga@example.com'), await app.signIn('olga@example.com')];
    expect((await deleteMe(here.accessToken, 'Wrong-Horse-9-Battery')).faults).toEqual([
      'INVALID_CREDENTIALS at deleteMe',
    ]);
    expect((await deleteMe(here.accessToken)).data).toEqual({ deleteMe: true });
    for (const session of [here, there]) {
      expect((await me(session.accessToken)).faults).toEqual(['UNAUTHENTICATED at me']);
      expect((await refresh(session)).faults).toEqual(['UNAUTHENTICATED at refreshTokens']);
    }
    expect((await login('olga@example.com', PASSWORD)).faults).toEqual(['INVALID_CREDENTIALS at login']);
    await expect(app.signUp('olga@example.com')).resolves.toBeTruthy();
  });

  it('raced by a sign-in leaves no session', async () => {
    const pia = await app.signUp('pia@example.com');
    const [deleted, signedIn] = await Promise.all([
      deleteMe(pia.accessToken),
      app.signIn('pia@example.com').catch(() => undefined),
    ]);
    expect(deleted.data).toEqual({ deleteMe: true });
    if (signedIn) expect((await me(signedIn.accessToken)).faults).toEqual(['UNAUTHENTICATED at me']);
    expect((await login('pia@example.com', PASSWORD)).faults).toEqual(['INVALID_CREDENTIALS at login']);
  });

  it('is not for the last administrator', async () => {
    const admin = await app.signIn('admin@example.com');
    const { faults } = await deleteMe(admin.accessToken, app.passwordOf('admin@example.com'));
    expect(faults).toEqual(['CONFLICT at deleteMe']);
    expect((await me(admin.accessToken)).errors).toEqual([]);
  });
});
