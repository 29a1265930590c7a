import { GetTokensFromRefreshTokenCommand } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  CompleteNewPasswordDocument,
  ConfirmRegistrationDocument,
  LoginDocument,
  LogoutDocument,
  MeDocument,
  MySessionsDocument,
  ReadSessionDocument,
  RefreshTokensDocument,
  RegisterDocument,
  ResendConfirmationDocument,
  RevokeOtherSessionsDocument,
  RevokeSessionDocument,
  RevokeUserSessionsDocument,
  type LoginInput,
  type MySessionsQueryVariables,
  type RegisterInput,
} from '../operations/generated.js';
import { PASSWORD, RunningApp } from '../support/running-app.js';

describe('signing up and in', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start();
  });
  afterAll(() => app.stop());

  const login = (email: string, password: string, more: Partial<LoginInput> = {}) =>
    app.ask(LoginDocument, { variables: { input: { email, password, ...more } } });
  /** The sealed challenge of whoever has to choose a password. */
  const challengeOf = async (email: string, temporaryPassword: string) => {
    const { data, text } = await login(email, temporaryPassword);
    if (data?.login.__typename !== 'NewPasswordRequired') throw new Error(text);
    return data.login.challenge;
  };
  const register = async (email: string, more: Partial<RegisterInput> = {}) => {
    const answer = await app.ask(RegisterDocument, {
      variables: { input: { email, password: PASSWORD, ...more } },
    });
    if (answer.data === null) throw new Error(answer.text);
    return { ...answer, data: answer.data };
  };

  it('goes from registration over the mailed code to a session', async () => {
    const registered = await register('dora@example.com', { givenName: 'Dora' });
    expect(registered.data.register).toMatchObject({
      confirmed: false,
      codeDelivery: { medium: 'EMAIL', destination: 'd***@e***' },
    });
    expect((await login('dora@example.com', PASSWORD)).faults).toEqual(['USER_NOT_CONFIRMED at login']);

    const code = await app.latestCode('dora@example.com');
    const wrong = code === '000000' ? '000001' : '000000';
    const mistaken = await app.ask(ConfirmRegistrationDocument, {
      variables: { input: { email: 'dora@example.com', code: wrong } },
    });
    expect(mistaken.faults).toEqual(['CODE_MISMATCH at confirmRegistration']);
    const confirmed = await app.ask(ConfirmRegistrationDocument, {
      variables: { input: { email: 'dora@example.com', code } },
    });
    expect(confirmed.data).toEqual({ confirmRegistration: true });

    const { data } = await login('dora@example.com', PASSWORD);
    expect(data?.login).toMatchObject({
      __typename: 'Authenticated',
      tokenType: 'Bearer',
      expiresIn: 900,
      session: { current: true },
      user: { id: registered.data.register.userId, email: 'dora@example.com', can: { allowed: true } },
    });
  });

  it('answers a registration of a known address like one of an unknown one, and sends nothing', async () => {
    const known = await register('alice@example.com');
    const unknown = await register('amber@example.com');
    expect(known.data.register.codeDelivery).toEqual(unknown.data.register.codeDelivery);
    expect(known.data.register.userId).toHaveLength(unknown.data.register.userId.length);
    expect((await app.mailbox()).some(({ to }) => to === 'alice@example.com')).toBe(false);
    await expect(app.signIn('alice@example.com')).resolves.toBeTruthy();
  });

  it('resends a code, and answers for a stranger alike', async () => {
    await register('erin@example.com');
    const resend = (email: string) => app.ask(ResendConfirmationDocument, { variables: { email } });
    const first = await app.latestCode('erin@example.com');
    expect((await resend('erin@example.com')).data).toEqual({
      resendConfirmation: { medium: 'EMAIL', destination: 'e***@e***' },
    });
    const mails = (await app.mailbox()).filter(({ to }) => to === 'erin@example.com');
    expect(mails).toHaveLength(2);
    expect(mails[1]?.code).toBe(first);
    expect((await resend('eve@example.com')).data).toEqual((await resend('erin@example.com')).data);
    expect((await resend('alice@example.com')).errors).toEqual([]);
  });

  it('does nothing for whoever fills in the honeypot, and answers as if all went well', async () => {
    const registered = await register('bot@example.com', { website: 'https://spam.example' });
    expect(registered.errors).toEqual([]);
    expect((await app.mailbox()).some(({ to }) => to === 'bot@example.com')).toBe(false);
    const signedIn = await login('alice@example.com', app.passwordOf('alice@example.com'), {
      website: 'https://spam.example',
    });
    expect(signedIn.errors).toEqual([]);
    expect(signedIn.data?.login).not.toHaveProperty('accessToken');
  });

  it.each<[what: string, email: string, password: string | undefined, more: Partial<LoginInput>]>([
    ['a wrong password', 'alice@example.com', 'Wrong-Horse-9-Battery', {}],
    ['an unknown address', 'nobody@example.com', 'Wrong-Horse-9-Battery', {}],
    ['the other pool', 'alice@example.com', undefined, { userType: 'ADMIN' }],
  ])('tells no more than that the credentials are wrong: %s', async (_what, email, password, more) => {
    const { errors, data } = await login(email, password ?? app.passwordOf(email), more);
    expect(data).toBeNull();
    expect(errors.map(({ extensions, message }) => [extensions.code, message])).toEqual([
      ['INVALID_CREDENTIALS', expect.stringContaining('password')],
    ]);
  });

  it('refuses a weak password by name of the policy', async () => {
    const { faults } = await app.ask(RegisterDocument, {
      variables: { input: { email: 'weak@example.com', password: 'short' } },
    });
    expect(faults).toEqual(['PASSWORD_POLICY at register']);
  });

  it('takes an address in any case', async () => {
    const { errors } = await login('ALICE@Example.com', app.passwordOf('alice@example.com'));
    expect(errors).toEqual([]);
  });

  it('is not hindered by a stale Authorization header', async () => {
    const stale = await app.signIn('bob@example.com');
    await app.ask(LogoutDocument, { token: stale.accessToken });
    const { data, errors } = await app.ask(LoginDocument, {
      token: stale.accessToken,
      variables: { input: { email: 'carol@example.com', password: app.passwordOf('carol@example.com') } },
    });
    expect(errors).toEqual([]);
    expect(data?.login).toMatchObject({ user: { email: 'carol@example.com' } });
  });

  it('makes whoever signed in the viewer below that mutation, and nowhere else', async () => {
    const alice = await app.signIn('alice@example.com');
    const password = JSON.stringify(app.passwordOf('bob@example.com'));
    const { data, errors } = await app.ask(
      `mutation ($mine: ID!) {
        login(input: { email: "bob@example.com", password: ${password} }) {
          ... on Authenticated { user { email } session { current } }
        }
        revokeSession(id: $mine) { current user { email } }
      }`,
      { token: alice.accessToken, variables: { mine: alice.session.id } },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      login: { user: { email: 'bob@example.com' }, session: { current: true } },
      revokeSession: { user: { email: 'alice@example.com' }, current: true },
    });
  });

  it('has an invited person choose a password first', async () => {
    const admin = await app.signIn('admin@example.com');
    const created = await app.ask(
      'mutation { createUser(input: { email: "frank@example.com", givenName: "Frank" }) { status enabled } }',
      { token: admin.accessToken },
    );
    expect(created.data).toEqual({ createUser: { status: 'FORCE_CHANGE_PASSWORD', enabled: true } });

    const temporary = await app.latestCode('frank@example.com');
    const { data } = await login('frank@example.com', temporary);
    expect(data?.login).toMatchObject({ __typename: 'NewPasswordRequired', missingAttributes: [] });
    const complete = async (newPassword: string) =>
      app.ask(CompleteNewPasswordDocument, {
        variables: { input: { challenge: await challengeOf('frank@example.com', temporary), newPassword } },
      });
    expect((await complete('weak')).faults).toEqual(['PASSWORD_POLICY at completeNewPassword']);
    const done = await complete(PASSWORD);
    expect(done.data?.completeNewPassword).toMatchObject({
      __typename: 'Authenticated',
      user: { email: 'frank@example.com', status: 'CONFIRMED' },
    });
    await expect(app.signIn('frank@example.com', { password: PASSWORD })).resolves.toBeTruthy();
  });

  it.each(['', 'rubbish', 'a'.repeat(20_000)])(
    'refuses a challenge that was never given out',
    async (challenge) => {
      const { faults, status } = await app.ask(
        'mutation ($c: String!) { completeNewPassword(input: { challenge: $c, newPassword: "Correct-Horse-9-Battery" }) { __typename } }',
        { variables: { c: challenge } },
      );
      expect(status).toBe(200);
      expect(faults).toEqual([
        expect.stringMatching(/^(BAD_USER_INPUT|INVALID_CREDENTIALS|CODE_EXPIRED|UNAUTHENTICATED) at/),
      ]);
    },
  );
});

describe('a session', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start();
  });
  afterAll(() => app.stop());

  const me = (token: string) => app.ask(MeDocument, { token });
  const refresh = (refreshToken: string) => app.ask(RefreshTokensDocument, { variables: { refreshToken } });

  it('goes on with refreshed tokens', async () => {
    const alice = await app.signIn('alice@example.com');
    const { data, text } = await refresh(alice.refreshToken);
    if (data === null) throw new Error(text);
    const { accessToken, refreshToken, session, user } = data.refreshTokens;
    expect(session.id).toBe(alice.session.id);
    expect(refreshToken).not.toBe(alice.refreshToken);
    expect(user?.email).toBe('alice@example.com');
    expect((await me(accessToken)).data?.me?.email).toBe('alice@example.com');
  });

  it('ends at logout, for access and refresh tokens alike', async () => {
    const bob = await app.signIn('bob@example.com');
    const other = await app.signIn('bob@example.com');
    expect((await app.ask(LogoutDocument, { token: bob.accessToken })).data).toEqual({ logout: true });
    const { data, faults, status } = await me(bob.accessToken);
    expect([data, faults, status]).toEqual([{ me: null }, ['UNAUTHENTICATED at me'], 200]);
    expect((await refresh(bob.refreshToken)).faults).toEqual(['UNAUTHENTICATED at refreshTokens']);
    expect((await me(other.accessToken)).data?.me?.email).toBe('bob@example.com');
  });

  it('ends everywhere at once', async () => {
    const [one, two] = [await app.signIn('carol@example.com'), await app.signIn('carol@example.com')];
    await app.ask(LogoutDocument, { token: one.accessToken, variables: { everywhere: true } });
    expect((await me(one.accessToken)).faults).toEqual(['UNAUTHENTICATED at me']);
    expect((await me(two.accessToken)).faults).toEqual(['UNAUTHENTICATED at me']);
  });

  it('is listed to its person, newest first, and ended by them from elsewhere', async () => {
    const here = await app.signUp('gina@example.com');
    const there = await app.signIn('gina@example.com');
    const list = async (variables: MySessionsQueryVariables) =>
      (await app.ask(MySessionsDocument, { token: here.accessToken, variables })).data?.me?.sessions;
    const first = await list({ first: 1 });
    expect(first).toMatchObject({
      nodes: [{ id: there.session.id, current: false, endReason: null }],
      pageInfo: { hasNextPage: true },
    });
    expect(await list({ first: 5, after: first?.pageInfo.endCursor ?? null })).toEqual({
      nodes: [{ id: here.session.id, current: true, endReason: null }],
      pageInfo: { hasNextPage: false, hasPreviousPage: true, endCursor: expect.any(String) as string },
    });

    const revoked = await app.ask(RevokeSessionDocument, {
      token: here.accessToken,
      variables: { id: there.session.id },
    });
    expect(revoked.data).toMatchObject({
      revokeSession: { id: there.session.id, endReason: 'REVOKED', user: { email: 'gina@example.com' } },
    });
    expect((await me(there.accessToken)).faults).toEqual(['UNAUTHENTICATED at me']);
    expect((await me(here.accessToken)).errors).toEqual([]);
  });

  it('are ended all but the one that asks, and those of nobody else', async () => {
    const here = await app.signUp('hilda@example.com');
    const others = [await app.signIn('hilda@example.com'), await app.signIn('hilda@example.com')];
    const bob = await app.signIn('bob@example.com');
    const revoke = () => app.ask(RevokeOtherSessionsDocument, { token: here.accessToken });
    expect((await revoke()).data).toEqual({ revokeOtherSessions: 2 });
    for (const { accessToken, refreshToken } of others) {
      expect((await me(accessToken)).faults).toEqual(['UNAUTHENTICATED at me']);
      const refreshed = await app.ask(RefreshTokensDocument, { variables: { refreshToken } });
      expect(refreshed.faults).toEqual(['UNAUTHENTICATED at refreshTokens']);
    }
    for (const { accessToken } of [here, bob]) expect((await me(accessToken)).errors).toEqual([]);
    expect((await revoke()).data).toEqual({ revokeOtherSessions: 0 });
    expect((await app.ask(RevokeOtherSessionsDocument)).faults).toEqual([
      'UNAUTHENTICATED at revokeOtherSessions',
    ]);
  });

  it('are ended by an administrator, all of a person', async () => {
    const ivy = await app.signUp('ivy@example.com');
    const again = await app.signIn('ivy@example.com');
    const admin = await app.signIn('admin@example.com');
    const revoke = (token: string, id: string) =>
      app.ask(RevokeUserSessionsDocument, { token, variables: { id } });
    const alice = await app.signIn('alice@example.com');
    expect((await revoke(alice.accessToken, ivy.user.id)).faults).toEqual([
      'FORBIDDEN at revokeUserSessions',
    ]);
    expect((await revoke(admin.accessToken, ivy.user.id)).data).toEqual({ revokeUserSessions: 2 });
    for (const { accessToken, refreshToken } of [ivy, again]) {
      expect((await me(accessToken)).faults).toEqual(['UNAUTHENTICATED at me']);
      const atCognito = app.app.embedded!.cognito.send(
        new GetTokensFromRefreshTokenCommand({
          ClientId: app.app.embedded!.pools.END_USER.clientId,
          RefreshToken: refreshToken,
        }),
      );
      await expect(atCognito).rejects.toMatchObject({ message: 'Refresh Token has been revoked' });
    }
    expect((await me(alice.accessToken)).errors).toEqual([]);
    await expect(app.signIn('ivy@example.com')).resolves.toBeTruthy();
    expect((await revoke(admin.accessToken, '01a20310-a3ba-778d-9b54-4f033afee14f')).faults).toEqual([
      'NOT_FOUND at revokeUserSessions',
    ]);
  });

  it('of an administrator who ends their own are over with the answer', async () => {
    const admin = await app.signIn('admin@example.com');
    const { data, faults } = await app.ask(
      `mutation ($id: ID!) { revokeUserSessions(id: $id) revokeOtherSessions }`,
      { token: admin.accessToken, variables: { id: admin.user.id } },
    );
    expect(data).toBeNull();
    expect(faults).toEqual(['UNAUTHENTICATED at revokeOtherSessions']);
    expect((await me(admin.accessToken)).faults).toEqual(['UNAUTHENTICATED at me']);
  });

  it('of somebody else can be neither read nor ended', async () => {
    const alice = await app.signIn('alice@example.com');
    const bob = await app.signIn('bob@example.com');
    const read = (id: string) =>
      app.ask(ReadSessionDocument, { token: alice.accessToken, variables: { id } });
    const known = await read(bob.session.id);
    expect([known.data, known.faults]).toEqual([{ session: null }, ['FORBIDDEN at session']]);
    const unknown = await read('01a20310-a3ba-778d-9b54-4f033afee14f');
    expect(unknown.errors[0]?.message).toBe(known.errors[0]?.message);
    const revoke = await app.ask(RevokeSessionDocument, {
      token: alice.accessToken,
      variables: { id: bob.session.id },
    });
    expect(revoke.faults).toEqual(['FORBIDDEN at revokeSession']);
    expect((await me(bob.accessToken)).errors).toEqual([]);
  });

  it('keeps no refresh token in the database', async () => {
    const { refreshToken } = await app.signIn('alice@example.com');
    const digestOf = (await app.app.services.sessions.findByRefreshToken(refreshToken))?.userId;
    expect(digestOf).toBeDefined();
    expect(await app.app.services.sessions.findByRefreshToken(`${refreshToken}x`)).toBeUndefined();
  });
});
