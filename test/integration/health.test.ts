import { once } from 'node:events';
import { connect } from 'node:net';

import { CognitoIdentityProviderServiceException } from '@aws-sdk/client-cognito-identity-provider';
import { VerifiedPermissionsServiceException } from '@aws-sdk/client-verifiedpermissions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createLogger } from '../../src/services/create-logger.js';
import { SignInDocument } from '../operations/generated.js';
import { FakeClock } from '../support/fake-clock.js';
import { createTestPostgres, type TestPostgres } from '../support/postgres.js';
import { freePort } from '../support/programs.js';
import { createTestRedis } from '../support/redis.js';
import { RunningApp } from '../support/running-app.js';

async function probe(app: RunningApp, path: string, method = 'GET') {
  const response = await fetch(app.url + path, { method });
  const { status, headers } = response;
  const text = await response.text();
  return { status, headers, text, body: method === 'GET' ? (JSON.parse(text) as unknown) : undefined };
}

const ALL_UP = { database: 'up', cache: 'up', pools: 'up', policies: 'up' };

const NO_CALL = { message: 'secret detail of AWS', $fault: 'server', $metadata: {} } as const;

describe('the health of a service', () => {
  const clock = new FakeClock();
  const lines: string[] = [];
  /** Which of the engines fail. */
  const away = new Set<'pools' | 'policies'>();
  let asked: string[] = [];
  let app: RunningApp;

  beforeAll(async () => {
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    app = await RunningApp.start({}, { clock, logger });
    const { cognito, verifiedPermissions } = app.app.embedded!;
    cognito.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          asked.push(String(commandName));
          if (!away.has('pools')) return next(args);
          throw new CognitoIdentityProviderServiceException({ name: 'InternalErrorException', ...NO_CALL });
        },
      { step: 'initialize' },
    );
    verifiedPermissions.middlewareStack.add(
      (next, { commandName }) =>
        (args) => {
          asked.push(String(commandName));
          if (!away.has('policies')) return next(args);
          throw new VerifiedPermissionsServiceException({ name: 'InternalServerException', ...NO_CALL });
        },
      { step: 'initialize' },
    );
  });
  afterAll(() => app.stop());

  /** What /readyz says once nothing is remembered. */
  const readiness = () => {
    clock.advance(10_000);
    return probe(app, '/readyz');
  };

  it('is told to anybody, and stored by nobody', async () => {
    const alive = await probe(app, '/livez');
    expect([alive.status, alive.body]).toEqual([200, { status: 'up' }]);
    const ready = await readiness();
    expect([ready.status, ready.body]).toEqual([200, { status: 'up', checks: ALL_UP }]);
    for (const { headers } of [alive, ready]) {
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it.each(['/livez', '/readyz'])('is told without words to HEAD %s', async (path) => {
    const { status, text } = await probe(app, path, 'HEAD');
    expect([status, text]).toEqual([200, '']);
  });

  it('names what is down, and leaves the reason to the log', async () => {
    for (const name of ['pools', 'policies'] as const) {
      lines.length = 0;
      away.add(name);
      const { status, body, text } = await readiness();
      const again = await readiness();
      away.delete(name);
      expect([status, body]).toEqual([503, { status: 'down', checks: { ...ALL_UP, [name]: 'down' } }]);
      expect(again.body).toEqual(body);
      expect(text).not.toContain('secret detail');
      expect((await probe(app, '/livez')).status).toBe(200);
      expect(lines.filter((line) => line.includes('secret detail of AWS'))).toHaveLength(1);
      // Whoever is back is not kept waiting for as long as a good answer is believed.
      clock.advance(1_000);
      expect((await probe(app, '/readyz')).body).toEqual({ status: 'up', checks: ALL_UP });
    }
  });

  it('costs two calls of Cognito and one of Verified Permissions in ten seconds, however many ask', async () => {
    asked = [];
    clock.advance(10_000);
    const probes = await Promise.all(Array.from({ length: 100 }, () => probe(app, '/readyz')));
    clock.advance(9_999);
    probes.push(await probe(app, '/readyz'));
    expect(new Set(probes.map(({ status }) => status))).toEqual(new Set([200]));
    expect(asked.sort()).toEqual(['AdminGetUserCommand', 'AdminGetUserCommand', 'GetSchemaCommand']);
  });

  it('is not logged among the requests', async () => {
    lines.length = 0;
    await readiness();
    await probe(app, '/livez');
    await app.ask('{ __typename }');
    await expect.poll(() => lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      msg: 'A request was answered.',
      method: 'POST',
      path: '/graphql',
      status: 200,
      caller: 'direct',
    });
  });
});

describe('without the database', () => {
  let postgres: TestPostgres;
  let app: RunningApp;
  beforeAll(async () => {
    postgres = await createTestPostgres();
    app = await RunningApp.start({ DATABASE_URL: postgres.url });
    await postgres.drop();
  });
  afterAll(() => app.stop());

  it('the service is not ready, nor are the engines that live there, but it is alive', async () => {
    const { status, body } = await probe(app, '/readyz');
    expect([status, body]).toEqual([
      503,
      { status: 'down', checks: { database: 'down', cache: 'up', pools: 'down', policies: 'down' } },
    ]);
    expect((await probe(app, '/livez')).status).toBe(200);
  });
});

describe('without its Redis', () => {
  it('the service is degraded: it answers from the truth, and signs nobody in', async () => {
    const postgres = await createTestPostgres();
    const before = await RunningApp.start({ DATABASE_URL: postgres.url });
    const alice = await before.signIn('alice@example.com');
    const password = before.passwordOf('alice@example.com');
    await before.stop();
    const app = await RunningApp.start({
      DATABASE_URL: postgres.url,
      REDIS_URL: `redis://:hunter2@127.0.0.1:${await freePort()}`,
    });
    const { status, body } = await probe(app, '/readyz');
    const { data, errors } = await app.ask('{ me { id email } }', { token: alice.accessToken });
    const signIn = await app.ask(SignInDocument, {
      variables: { input: { email: 'alice@example.com', password } },
    });
    await app.stop();
    await postgres.drop();
    expect([status, body]).toEqual([200, { status: 'degraded', checks: { ...ALL_UP, cache: 'down' } }]);
    expect([data, errors]).toEqual([{ me: { id: alice.user.id, email: 'alice@example.com' } }, []]);
    expect(signIn.faults).toEqual(['UPSTREAM_UNAVAILABLE at login']);
  });
});

describe('in production', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start({
      PORTCULLIS_ENV: 'production',
      // Nobody is mailed anything here.
      SMTP_URL: `smtp://127.0.0.1:${await freePort()}`,
      REDIS_URL: (await createTestRedis()).url,
    });
  });
  afterAll(() => app.stop());

  it('the service is ready until it is drained, and alive to the end', async () => {
    const [ready, alive] = [await probe(app, '/readyz'), await probe(app, '/livez')];
    expect([ready.status, ready.body, alive.status]).toEqual([200, { status: 'up', checks: ALL_UP }, 200]);

    // Whoever may still ask something keeps the draining from its end.
    const silent = connect(Number(new URL(app.url).port), '127.0.0.1');
    await once(silent, 'connect');
    const drained = app.app.draining.begin();
    const [leaving, stillAlive] = [await probe(app, '/readyz'), await probe(app, '/livez')];
    silent.destroy();
    await drained;
    expect([leaving.status, leaving.body, leaving.headers.get('connection')]).toEqual([
      503,
      { status: 'draining' },
      'close',
    ]);
    expect([stillAlive.status, stillAlive.headers.get('connection')]).toEqual([200, 'close']);
  });
});
