import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FakeClock } from '../support/fake-clock.js';
import { RunningApp } from '../support/running-app.js';
import { DEFAULTS, from, GATEWAY_SECRET, tryLogin } from '../support/tried-sign-ins.js';

const MINUTE = 60_000;

describe('with the limits that hold by default', () => {
  const clock = new FakeClock();
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start({ ...DEFAULTS, GATEWAY_SECRET }, { clock });
  });
  afterAll(() => app.stop());

  it('five sign-ins a minute come from an address, and the next are told when', async () => {
    for (const left of [4, 3, 2, 1, 0]) {
      const { faults, headers } = await tryLogin(app);
      expect(faults).toEqual(['INVALID_CREDENTIALS at login']);
      expect(headers.get('ratelimit-policy')).toBe('"login.ip";q=5;w=60');
      expect(headers.get('ratelimit')).toMatch(new RegExp(`^"login.ip";r=${left};t=\\d+$`));
      expect(headers.get('retry-after')).toBeNull();
      clock.advance(2_000);
    }
    const { status, errors, headers } = await tryLogin(app);
    expect(status).toBe(200);
    expect(errors[0]?.extensions).toMatchObject({
      code: 'RATE_LIMITED',
      retry: { retryable: true },
      details: { limit: 'login.ip', max: 5, windowSeconds: 60 },
    });
    const { retryAfter } = errors[0]!.extensions.retry;
    // The first of the five was ten seconds ago.
    expect(retryAfter).toBe(50);
    expect(headers.get('retry-after')).toBe(String(retryAfter));
    expect(headers.get('ratelimit')).toBe(`"login.ip";r=0;t=${retryAfter}`);

    clock.advance(50_000 - 1);
    expect((await tryLogin(app)).faults).toEqual(['RATE_LIMITED at login']);
    clock.advance(1);
    expect((await tryLogin(app)).faults).toEqual(['INVALID_CREDENTIALS at login']);
  });

  it('a forged address is nobody’s, and a gateway’s client has their own', async () => {
    clock.advance(MINUTE + 1_000);
    for (let call = 0; call < 5; call += 1) {
      const { faults } = await tryLogin(app, { headers: { 'x-forwarded-for': `198.51.100.${call}` } });
      expect(faults).toEqual(['INVALID_CREDENTIALS at login']);
    }
    const forged = {
      'x-forwarded-for': '198.51.100.99',
      forwarded: 'for=198.51.100.99',
      'x-real-ip': '198.51.100.99',
    };
    expect((await tryLogin(app, { headers: forged })).faults).toEqual(['RATE_LIMITED at login']);
    // What the client wrote comes before what the gateway appended.
    for (let call = 0; call < 5; call += 1) {
      const { faults } = await tryLogin(app, { headers: from(`198.51.100.${call}, 203.0.113.1`) });
      expect(faults).toEqual(['INVALID_CREDENTIALS at login']);
    }
    expect((await tryLogin(app, { headers: from('203.0.113.1') })).faults).toEqual(['RATE_LIMITED at login']);
    expect((await tryLogin(app, { headers: from('203.0.113.2') })).faults).toEqual([
      'INVALID_CREDENTIALS at login',
    ]);
  });

  it('of fifty sign-ins at once exactly five are made', async () => {
    clock.advance(MINUTE + 1_000);
    const answers = await Promise.all(Array.from({ length: 50 }, () => tryLogin(app)));
    const faults = answers.flatMap((answer) => answer.faults);
    expect(faults.filter((fault) => fault === 'INVALID_CREDENTIALS at login')).toHaveLength(5);
    expect(faults.filter((fault) => fault === 'RATE_LIMITED at login')).toHaveLength(45);
  });

  it('a hundred reads a minute are a caller’s, whatever they read, and a batch of checks is as many as it holds', async () => {
    clock.advance(MINUTE + 1_000);
    const alice = await app.signIn('alice@example.com');
    const read = (count: number, token = alice.accessToken) =>
      app.ask(`{ ${Array.from({ length: count }, (_, index) => `r${index}: me { id }`).join(' ')} }`, {
        token,
      });
    for (let call = 0; call < 3; call += 1) expect((await read(30)).errors).toEqual([]);
    const { headers } = await app.ask('{ me { id } session(id: "x") { id } }', { token: alice.accessToken });
    expect(headers.get('ratelimit-policy')).toBe('"reads.viewer";q=100;w=60');
    expect(headers.get('ratelimit')).toMatch(/^"reads.viewer";r=8;t=\d+$/);
    const beyond = await read(12);
    expect(beyond.faults).toHaveLength(4);
    expect(new Set(beyond.errors.map(({ extensions }) => extensions.code))).toEqual(
      new Set(['RATE_LIMITED']),
    );

    const check = '{ action: "readUser", resource: { type: "User", id: "1" } }';
    const checks = `{ decisions(checks: [${Array.from({ length: 990 }, () => check).join(' ')}]) { allowed } }`;
    for (let call = 0; call < 5; call += 1) {
      expect((await app.ask(checks, { token: alice.accessToken })).errors).toEqual([]);
    }
    expect((await app.ask(checks, { token: alice.accessToken })).faults).toEqual([
      'RATE_LIMITED at decisions',
    ]);
    const one = await app.ask(`{ decision(check: ${check}) { allowed } }`, { token: alice.accessToken });
    expect(one.errors).toEqual([]);
    expect(one.headers.get('ratelimit')).toMatch(/^"checks.service";r=49;t=\d+$/);
    // Somebody else has their own.
    const bob = await app.signIn('bob@example.com');
    expect((await read(1, bob.accessToken)).errors).toEqual([]);
  });

  it('a refresh token is worth five tries a minute, wherever they come from', async () => {
    const refresh = (token: string, address: string) =>
      app.ask('mutation ($token: String!) { refreshTokens(refreshToken: $token) { expiresIn } }', {
        headers: from(address),
        variables: { token },
      });
    for (let call = 0; call < 5; call += 1) {
      expect((await refresh('not-a-token', `203.0.113.${call}`)).faults).toEqual([
        'UNAUTHENTICATED at refreshTokens',
      ]);
    }
    const { faults, headers } = await refresh('not-a-token', '203.0.113.77');
    expect(faults).toEqual(['RATE_LIMITED at refreshTokens']);
    expect(headers.get('ratelimit-policy')).toBe(
      '"refreshTokens.ip";q=60;w=60, "refreshTokens.account";q=5;w=60',
    );
    expect((await refresh('another', '203.0.113.77')).faults).toEqual(['UNAUTHENTICATED at refreshTokens']);
  });

  it('a stranger who guesses at a reset keeps its owner from nothing, elsewhere', async () => {
    clock.advance(MINUTE + 1_000);
    const email = 'alice@example.com';
    const reset = (code: string, address: string) =>
      app.ask('mutation ($input: ResetPasswordInput!) { resetPassword(input: $input) }', {
        headers: from(address),
        variables: { input: { email, code, newPassword: 'Another-Lighthouse-31' } },
      });
    for (let guess = 0; guess < 30; guess += 1) {
      await reset('000000', '198.51.100.66');
      clock.advance(6_000);
    }
    await app.ask('mutation ($email: EmailAddress!) { forgotPassword(email: $email) { medium } }', {
      headers: from('203.0.113.66'),
      variables: { email },
    });
    const answer = await reset(await app.latestCode(email), '203.0.113.66');
    expect(answer.data).toEqual({ resetPassword: true });
  });

  it('five codes an hour are sent to the contacts of one person, who is told when the next is', async () => {
    clock.advance(MINUTE + 1_000);
    const bob = await app.signIn('bob@example.com');
    const changeEmail = (email: string) =>
      app.ask(
        'mutation ($email: EmailAddress!, $password: String!) { changeEmail(email: $email, password: $password) { medium } }',
        {
          token: bob.accessToken,
          variables: { email, password: app.passwordOf('bob@example.com') },
        },
      );
    for (let sent = 0; sent < 5; sent += 1) {
      expect((await changeEmail(`bob-${sent}@example.com`)).errors).toEqual([]);
      clock.advance(MINUTE);
    }
    // Taken or free, the answer is the same.
    for (const email of ['alice@example.com', 'bob-6@example.com']) {
      const { errors } = await changeEmail(email);
      expect(errors[0]?.extensions).toMatchObject({
        code: 'RATE_LIMITED',
        retry: { retryAfter: 55 * 60 },
        details: { limit: 'contactCodes.viewer' },
      });
    }
  });

  it('what gateways ask of entities is nobody’s read', async () => {
    const entities = '{ _entities(representations: [{ __typename: "User", id: "x" }]) { __typename } }';
    const { headers } = await app.ask(entities, { headers: from('203.0.113.5') });
    expect(headers.get('ratelimit')).toBeNull();
  });
});

describe('checks, where few are admitted', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start({ RATE_LIMITS: 'checks.service=10/1m' });
  });
  afterAll(() => app.stop());

  const ask = (count: number, token: string) =>
    app.ask('query ($checks: [DecisionCheck!]!) { decisions(checks: $checks) { allowed } }', {
      token,
      variables: {
        checks: Array.from({ length: count }, () => ({
          action: 'readUser',
          resource: { type: 'User', id: '1' },
        })),
      },
    });

  it('are refused for good where they are more at once than the whole limit, and a batch that is too long costs one call', async () => {
    const { accessToken } = await app.signIn('alice@example.com');
    const { errors, headers } = await ask(11, accessToken);
    expect(errors[0]).toMatchObject({
      message:
        '11 checks at once are never admitted, however long you wait: the limit is 10 in 60 seconds. Ask for less.',
      extensions: {
        code: 'RATE_LIMITED',
        retry: { retryable: false, retryAfter: null },
        details: { limit: 'checks.service', max: 10, windowSeconds: 60 },
      },
    });
    expect(headers.get('ratelimit-policy')).toBe('"checks.service";q=10;w=60');
    expect([headers.get('ratelimit'), headers.get('retry-after')]).toEqual([null, null]);

    expect((await ask(1_001, accessToken)).faults).toEqual(['BAD_USER_INPUT at decisions']);
    const rest = await ask(9, accessToken);
    expect(rest.faults).toEqual([]);
    expect(rest.headers.get('ratelimit')).toMatch(/^"checks.service";r=0;t=\d+$/);
    expect((await ask(1, accessToken)).faults).toEqual(['RATE_LIMITED at decisions']);
  });
});
