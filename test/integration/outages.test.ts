import { VerifiedPermissionsServiceException } from '@aws-sdk/client-verifiedpermissions';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';

import { MemoryCache } from '../../src/services/cache/memory-cache.js';
import { createTestPostgres, type TestPostgres } from '../support/postgres.js';
import { createTestRedis } from '../support/redis.js';
import { RunningApp, type SignedIn } from '../support/running-app.js';
import { Wire } from '../support/wire.js';

describe('while the engine of decisions is away', () => {
  let app: RunningApp;
  let admin: SignedIn;
  let away: 'no' | 'failing' | 'denying';

  beforeAll(async () => {
    away = 'no';
    app = await RunningApp.start();
    app.app.embedded!.verifiedPermissions.middlewareStack.add(
      (next) => (args) => {
        if (away === 'no') return next(args);
        const name = away === 'failing' ? 'InternalServerException' : 'AccessDeniedException';
        throw new VerifiedPermissionsServiceException({
          name,
          message: 'secret detail of AWS',
          $fault: 'client',
          $metadata: {},
        });
      },
      { step: 'initialize' },
    );
    admin = await app.signIn('admin@example.com');
  });
  afterEach(() => {
    away = 'no';
  });
  afterAll(() => app.stop());

  it('what was decided within the last minute still is', async () => {
    await app.ask('{ me { id } }', { token: admin.accessToken });
    away = 'failing';
    const { data } = await app.ask('{ me { id can(action: "readUser") { allowed source } } }', {
      token: admin.accessToken,
    });
    expect(data).toMatchObject({ me: { can: { allowed: true, source: 'CACHE' } } });
    const anew = await app.ask('{ me { can(action: "readUser", fresh: true) { allowed reason } } }', {
      token: admin.accessToken,
    });
    expect(anew.data).toEqual({ me: { can: { allowed: false, reason: 'UNAVAILABLE' } } });
  });

  it.each(['failing', 'denying'] as const)('guarded fields are closed, and say so: %s', async (state) => {
    away = state;
    await app.app.services.decisionCache.forgetAll();
    const { data, errors, status, text } = await app.ask('{ users { nodes { id } } me { id } }', {
      token: admin.accessToken,
    });
    expect([data, status]).toEqual([{ users: null, me: null }, 200]);
    expect(errors.map(({ extensions }) => [extensions.code, extensions.retry.retryable])).toEqual([
      ['AUTHORIZATION_UNAVAILABLE', true],
      ['AUTHORIZATION_UNAVAILABLE', true],
    ]);
    expect(text).not.toContain('secret detail');
  });

  it('decisions are denials for that reason', async () => {
    away = 'failing';
    const { data } = await app.ask(
      '{ decision(check: { action: "listUsers", resource: { type: "Identity::Application", id: "portcullis" } }) { allowed reason errors } }',
      { token: admin.accessToken },
    );
    expect(data).toEqual({ decision: { allowed: false, reason: 'UNAVAILABLE', errors: null } });
  });

  it('nothing is changed', async () => {
    away = 'failing';
    const { faults } = await app.ask('mutation ($id: ID!) { deleteUser(id: $id) }', {
      token: admin.accessToken,
      variables: { id: admin.user.id },
    });
    expect(faults).toEqual(['AUTHORIZATION_UNAVAILABLE at deleteUser']);
    expect(await app.app.services.users.findFresh(admin.user.id)).toMatchObject({ enabled: true });
  });
});

describe('while the cache cannot be told of changes', () => {
  let app: RunningApp;
  beforeAll(async () => {
    app = await RunningApp.start();
  });
  afterEach(() => vi.restoreAllMocks());
  afterAll(() => app.stop());

  it('who signs out is signed out, reads that it may take a while, and does nothing more', async () => {
    const { accessToken: token } = await app.signIn('alice@example.com');
    vi.spyOn(MemoryCache.prototype, 'invalidate').mockRejectedValue(new Error('Redis does not answer.'));
    const { errors, faults } = await app.ask(
      'mutation { logout updateMe(input: { givenName: "Mallory" }) { givenName } }',
      { token },
    );
    expect(faults).toEqual(['UPSTREAM_UNAVAILABLE at logout']);
    expect(errors[0]?.extensions).toMatchObject({ retry: { retryable: false }, details: { changed: true } });
  });
});

describe('a Redis that was away, and comes back with what it held', () => {
  let postgres: TestPostgres;
  let wire: Wire;
  let app: RunningApp;
  beforeAll(async () => {
    postgres = await createTestPostgres();
    wire = new Wire(new URL((await createTestRedis()).url));
    await wire.open();
    app = await RunningApp.start({ DATABASE_URL: postgres.url, REDIS_URL: `redis://127.0.0.1:${wire.port}` });
  });
  afterAll(async () => {
    await app.stop();
    await wire.cut();
    await postgres.drop();
  });

  it('lets nobody in again who was shut out meanwhile', async () => {
    const admin = await app.signIn('admin@example.com');
    const alice = await app.signIn('alice@example.com');
    const ask = ({ accessToken: token }: SignedIn) =>
      app.ask<{ me: { can: { source: string } } }>('{ me { can(action: "readUser") { source } } }', {
        token,
      });
    await Promise.all([ask(alice), ask(admin)]);
    await wire.cut();
    const { faults } = await app.ask('mutation ($id: ID!) { disableUser(id: $id) { id } }', {
      token: admin.accessToken,
      variables: { id: alice.user.id },
    });
    expect(faults).toEqual(['UPSTREAM_UNAVAILABLE at disableUser']);
    expect((await ask(alice)).faults).toEqual(['UNAUTHENTICATED at me']);

    await wire.open();
    const seen = new Set<string>();
    const isBack = async () => {
      for (const fault of (await ask(alice)).faults) seen.add(fault);
      return ((await (await fetch(`${app.url}/readyz`)).json()) as { status: string }).status;
    };
    await expect.poll(isBack, { timeout: 20_000 }).toBe('up');
    for (let times = 0; times < 3; times += 1) expect((await ask(alice)).faults).toEqual([...seen]);
    expect([...seen]).toEqual(['UNAUTHENTICATED at me']);
  });
});
