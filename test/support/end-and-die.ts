/**
 * A process that ends sessions and is killed between the database and the cache: by SIGKILL, which nothing survives.
 *
 * Arguments: the database's URL, Redis's URL, the prefix of its keys, what to end (`session` or `user`), and its id.
 */
import pino from 'pino';

import type { Cache } from '../../src/services/cache/cache.js';
import { RedisCache } from '../../src/services/cache/redis-cache.js';
import { systemClock } from '../../src/services/clock.js';
import { openDatabase } from '../../src/services/database/open-database.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { createDatabaseSessionStore } from '../../src/services/sessions/database-session-store.js';

const [databaseUrl = '', redisUrl = '', keyPrefix = '', what, id = ''] = process.argv.slice(2);
const foundations = { clock: systemClock, randomness: systemRandomness, logger: pino({ level: 'silent' }) };

const { db } = await openDatabase({ url: databaseUrl }, foundations);
const redis = await RedisCache.open({ url: redisUrl, keyPrefix, ...foundations });
const cache: Cache = {
  read: (keys) => redis.read(keys),
  fill: (...entry) => redis.fill(...entry),
  suspend: (...keys) => redis.suspend(...keys),
  async invalidate() {
    process.kill(process.pid, 'SIGKILL');
  },
  ping: () => redis.ping(),
  close: () => redis.close(),
};
const sessions = createDatabaseSessionStore({ ...foundations, db, cache, refreshTokenKey: Buffer.alloc(32) });
await (what === 'user' ? sessions.endAllOf(id, 'USER_DISABLED') : sessions.end(id, 'REVOKED'));
