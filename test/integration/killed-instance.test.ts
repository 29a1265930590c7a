import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { RedisCache } from '../../src/services/cache/redis-cache.js';
import { systemClock } from '../../src/services/clock.js';
import type { Database } from '../../src/services/database/database.js';
import { openDatabase } from '../../src/services/database/open-database.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { createDatabaseSessionStore } from '../../src/services/sessions/database-session-store.js';
import type { SessionStore } from '../../src/services/sessions/session.js';
import { createTestPostgres, type TestPostgres } from '../support/postgres.js';
import { createTestRedis, type TestRedis } from '../support/redis.js';

const program = fileURLToPath(new URL('../support/end-and-die.ts', import.meta.url));

describe('an instance that is killed between the database and the cache', () => {
  let postgres: TestPostgres;
  let redis: TestRedis;
  let database: Database;
  let cache: RedisCache;
  let survivor: SessionStore;

  beforeAll(async () => {
    const foundations = {
      clock: systemClock,
      randomness: systemRandomness,
      logger: pino({ level: 'silent' }),
    };
    postgres = await createTestPostgres();
    redis = await createTestRedis();
    database = await openDatabase({ url: postgres.url }, foundations);
    cache = await RedisCache.open({ ...redis, ...foundations });
    survivor = createDatabaseSessionStore({
      ...foundations,
      db: database.db,
      cache,
      refreshTokenKey: Buffer.alloc(32),
    });
  });
  afterAll(async () => {
    await cache.close();
    await database.close();
    await postgres.drop();
  });

  /** A session that the surviving instance holds in the cache. */
  const cachedSession = async (userId = systemRandomness.uuid()) => {
    const session = await survivor.start({
      family: systemRandomness.uuid(),
      userId,
      userType: 'END_USER',
      expiresAt: new Date(Date.now() + 3_600_000),
      mfaAuthenticated: false,
      refreshToken: systemRandomness.uuid(),
      ipAddress: null,
      userAgent: null,
    });
    await survivor.findByFamily(session.family);
    expect(await cache.read([`session:${session.family}`])).toMatchObject([{ hit: true }]);
    return session;
  };

  const endAndDie = async (what: 'session' | 'user', id: string) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', program, postgres.url, redis.url, redis.keyPrefix, what, id],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  };

  it('leaves no instance that thinks the session alive', async () => {
    const session = await cachedSession();
    await endAndDie('session', session.id);
    expect((await survivor.findByFamily(session.family))?.endReason).toBe('REVOKED');
    expect((await survivor.findByFamily(session.family))?.endReason).toBe('REVOKED');
  });

  it('leaves none of all the sessions that it ended alive, and the others cached', async () => {
    const userId = systemRandomness.uuid();
    const ended = [await cachedSession(userId), await cachedSession(userId)];
    const stranger = await cachedSession();
    await endAndDie('user', userId);
    for (const { family } of ended) {
      expect((await survivor.findByFamily(family))?.endReason).toBe('USER_DISABLED');
    }
    expect(await cache.read([`session:${stranger.family}`])).toMatchObject([{ hit: true }]);
    expect((await survivor.findByFamily(stranger.family))?.endedAt).toBeNull();
  });
});
