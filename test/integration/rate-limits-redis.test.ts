import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { FakeClock } from '../support/fake-clock.js';
import { createTestPostgres, type TestPostgres } from '../support/postgres.js';
import { createTestRedis } from '../support/redis.js';
import { RunningApp } from '../support/running-app.js';
import { startOwnRedis, startRedis } from '../support/servers.js';
import { Wire } from '../support/wire.js';
import { DEFAULTS, from, GATEWAY_SECRET, tryLogin } from '../support/tried-sign-ins.js';

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
