import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { SignInDocument } from '../operations/generated.js';
import { FakeClock } from '../support/fake-clock.js';
import { createTestPostgres, type TestPostgres } from '../support/postgres.js';
import { createTestRedis } from '../support/redis.js';
import { RunningApp } from '../support/running-app.js';
import { startOwnRedis, startRedis } from '../support/servers.js';
import { Wire } from '../support/wire.js';

const GATEWAY_SECRET = 'a-gateway-secret-of-the-tests-000';
const MINUTE = 60_000;
/** An empty variable is an unset one: the service's own limits. */
const DEFAULTS = { RATE_LIMITS: '' };

let strangers = 0;

/** A sign-in with a wrong password, of somebody whom nobody else has tried. */
const tryLogin = (
  app: RunningApp,
  {
    email = `stranger-${++strangers}@example.com`,
    headers = {},
  }: { email?: string; headers?: Record<string, string> } = {},
) =>
  app.ask(SignInDocument, {
    headers,
    variables: { input: { email, password: 'Wrong-password-1', userType: 'END_USER' } },
  });

/** As a gateway forwards it. */
const from = (address: string) => ({ 'x-gateway-secret': GATEWAY_SECRET, 'x-forwarded-for': address });

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

describe('an account that is tried', () => {
  const clock = new FakeClock();
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start({ GATEWAY_SECRET }, { clock });
  });
  afterAll(() => app.stop());

  const guess = (email: string, address: string) => tryLogin(app, { email, headers: from(address) });

  it('is locked for longer and longer, whether there is such an account or not, and tries meanwhile prolong nothing', async () => {
    for (const email of ['alice@example.com', 'nobody@example.com']) {
      for (let failure = 0; failure < 4; failure += 1) {
        expect((await guess(email, '198.51.100.1')).faults).toEqual(['INVALID_CREDENTIALS at login']);
      }
      for (const minutes of [1, 2, 4, 8, 15, 15]) {
        expect((await guess(email, '198.51.100.1')).faults).toEqual(['INVALID_CREDENTIALS at login']);
        const { errors, headers } = await guess(email, '198.51.100.1');
        expect(errors[0]?.extensions).toMatchObject({
          code: 'ACCOUNT_LOCKED',
          retry: { retryable: true, retryAfter: minutes * 60 },
        });
        expect(headers.get('retry-after')).toBe(String(minutes * 60));
        clock.advance(minutes * MINUTE - 1_000);
        expect((await guess(email, '198.51.100.1')).errors[0]?.extensions.retry.retryAfter).toBe(1);
        clock.advance(1_000);
      }
    }
  });

  it('stays open to its owner, whom a stranger on three networks cannot lock out; the fourth is one too many', async () => {
    const failFrom = async (address: string) => {
      for (let failure = 0; failure < 5; failure += 1) {
        expect((await guess('bob@example.com', address)).faults).toEqual(['INVALID_CREDENTIALS at login']);
      }
    };
    for (const address of ['198.51.100.2', '198.51.100.3', '198.51.100.4']) {
      await failFrom(address);
      expect((await guess('bob@example.com', address)).faults).toEqual(['ACCOUNT_LOCKED at login']);
    }
    await app.signIn('bob@example.com', { headers: from('203.0.113.9') });

    await failFrom('198.51.100.5');
    const { errors } = await guess('bob@example.com', '203.0.113.9');
    expect(errors[0]?.extensions).toMatchObject({ code: 'ACCOUNT_LOCKED', retry: { retryAfter: 60 } });
  });

  it('is not tried more often at once than is left', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => guess('carol@example.com', '198.51.100.3')),
    );
    const faults = answers.flatMap((answer) => answer.faults);
    const refused = answers
      .flatMap(({ errors }) => errors)
      .filter(({ extensions }) => extensions.code === 'ACCOUNT_LOCKED');
    expect(faults.filter((fault) => fault === 'INVALID_CREDENTIALS at login')).toHaveLength(5);
    expect(refused).toHaveLength(45);
  });
});

describe('two instances on one Redis', () => {
  let postgres: TestPostgres;
  let here: RunningApp;
  let there: RunningApp;
  beforeAll(async () => {
    postgres = await createTestPostgres();
    const env = {
      DATABASE_URL: postgres.url,
      REDIS_URL: (await createTestRedis()).url,
      GATEWAY_SECRET,
      RATE_LIMITS: 'login.ip=7/1m',
    };
    here = await RunningApp.start(env);
    there = await RunningApp.start(env);
  });
  afterAll(async () => {
    await here.stop();
    await there.stop();
    await postgres.drop();
  });

  it('count the calls of an address together', async () => {
    const headers = from('2001:db8::1');
    const calls = Array.from({ length: 20 }, (_, call) => tryLogin(call % 2 ? here : there, { headers }));
    const faults = (await Promise.all(calls)).flatMap((answer) => answer.faults);
    expect(faults.filter((fault) => fault === 'INVALID_CREDENTIALS at login')).toHaveLength(7);
    const neighbour = { headers: from('2001:db8::2') };
    expect((await tryLogin(there, neighbour)).faults).toEqual(['RATE_LIMITED at login']);
    expect((await tryLogin(there, { headers: from('2001:db8:0:1::1') })).faults).toEqual([
      'INVALID_CREDENTIALS at login',
    ]);
  });

  it('lock an account together', async () => {
    const guess = (app: RunningApp) =>
      tryLogin(app, { email: 'alice@example.com', headers: from('198.51.100.1') });
    for (const app of [here, there, here, there, here]) {
      expect((await guess(app)).faults).toEqual(['INVALID_CREDENTIALS at login']);
    }
    expect((await guess(there)).faults).toEqual(['ACCOUNT_LOCKED at login']);
  });
});

describe('while the Redis of the limits is away', () => {
  it('nobody signs in or registers, and who is signed in reads on', async () => {
    const [redis, postgres] = [await startRedis(), await createTestPostgres()];
    const app = await RunningApp.start({ ...DEFAULTS, DATABASE_URL: postgres.url, REDIS_URL: redis.value });
    try {
      const alice = await app.signIn('alice@example.com');
      await redis.stop();
      expect((await tryLogin(app)).faults).toEqual(['UPSTREAM_UNAVAILABLE at login']);
      const startedAt = performance.now();
      const { errors } = await app.ask(
        'mutation { register(input: { email: "new@example.com", password: "Correct-Horse-9-Battery" }) { userId } }',
      );
      expect(errors[0]?.extensions).toMatchObject({
        code: 'UPSTREAM_UNAVAILABLE',
        retry: { retryable: true },
      });
      // At once: neither Redis nor Cognito is waited for.
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      for (let call = 0; call < 5; call += 1) {
        const { data, headers } = await app.ask(
          `{ ${'abcdefghijklmnopqrstuvwxyz'
            .split('')
            .map((name) => `${name}: me { id }`)
            .join(' ')} }`,
          {
            token: alice.accessToken,
          },
        );
        expect(data).toMatchObject({ a: { id: alice.user.id }, z: { id: alice.user.id } });
        expect(headers.get('ratelimit')).toBeNull();
      }
    } finally {
      await app.stop();
      await postgres.drop();
    }
  });

  it('one that is silent is waited for by one read, and by none after it; who signs in is refused at once, until it is back', async () => {
    const [redis, postgres, clock] = [await startOwnRedis(), await createTestPostgres(), new FakeClock()];
    const wire = new Wire(new URL(redis.value));
    await wire.open();
    const app = await RunningApp.start(
      { ...DEFAULTS, DATABASE_URL: postgres.url, REDIS_URL: `redis://127.0.0.1:${wire.port}` },
      { clock },
    );
    try {
      const alice = await app.signIn('alice@example.com');
      const read = async () => {
        const { data } = await app.ask('{ me { id sessions { nodes { id } } } }', {
          token: alice.accessToken,
        });
        expect(data).toMatchObject({ me: { id: alice.user.id } });
      };
      await read();
      redis.freeze();
      await read();
      const { scripts, pings } = wire.sent;
      for (let call = 0; call < 12; call += 1) await read();
      expect((await tryLogin(app)).faults).toEqual(['UPSTREAM_UNAVAILABLE at login']);
      expect(wire.sent).toEqual({ scripts, pings });

      // The next sign-in asks whether it is back, and no read does.
      clock.advance(1_000);
      expect((await tryLogin(app)).faults).toEqual(['UPSTREAM_UNAVAILABLE at login']);
      await read();
      expect(wire.sent).toEqual({ scripts: scripts + 1, pings });

      redis.thaw();
      clock.advance(1_000);
      await app.signIn('alice@example.com');
      await read();
      expect(wire.sent.scripts).toBeGreaterThan(scripts + 2);
    } finally {
      redis.thaw();
      await app.stop();
      await wire.cut();
      await redis.stop();
      await postgres.drop();
    }
  });
});
