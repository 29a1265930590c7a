import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Cache } from '../../../../src/services/cache/cache.js';
import { MemoryCache } from '../../../../src/services/cache/memory-cache.js';
import type { Database } from '../../../../src/services/database/database.js';
import { refreshTokenDigests } from '../../../../src/services/database/schema/identity.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import { createDatabaseSessionStore } from '../../../../src/services/sessions/database-session-store.js';
import type {
  ClaimedRefreshToken,
  NewSession,
  SessionStore,
} from '../../../../src/services/sessions/session.js';
import { openTestDatabase } from '../../../support/database.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { spoil } from '../../../support/spoil.js';

const HOUR = 60 * 60 * 1000;
const clock = new FakeClock();
const cache = new MemoryCache({ clock });
const refreshTokenKey = systemRandomness.bytes(32);
const logger = pino({ level: 'silent' });
let database: Database;
let store: SessionStore;

/** A further instance on the same database, by default with the same cache. */
const makeStore = (sharedCache: Cache = cache): SessionStore =>
  createDatabaseSessionStore({
    db: database.db,
    cache: sharedCache,
    clock,
    randomness: systemRandomness,
    logger,
    refreshTokenKey,
  });

beforeAll(async () => {
  database = await openTestDatabase();
  store = makeStore();
});
afterAll(() => database.close());

const newSession = (changes: Partial<NewSession> = {}): NewSession => ({
  family: systemRandomness.uuid(),
  userId: systemRandomness.uuid(),
  userType: 'END_USER',
  expiresAt: new Date(clock.now().getTime() + HOUR),
  mfaAuthenticated: false,
  refreshToken: systemRandomness.uuid(),
  ipAddress: '192.0.2.1',
  userAgent: 'Firefox',
  ...changes,
});

describe('a session', () => {
  test('is found by id, by family and by refresh token, as it was started', async () => {
    const { refreshToken, ...session } = newSession();
    const started = await store.start({ ...session, refreshToken });
    expect(started).toEqual({
      ...session,
      id: started.id,
      createdAt: clock.now(),
      lastSeenAt: clock.now(),
      endedAt: null,
      endReason: null,
      suspiciousSince: null,
      cognitoSessionId: null,
    });
    expect(await store.find(started.id)).toEqual(started);
    expect(await store.findByFamily(session.family)).toEqual(started);
    expect(await store.findByFamily(session.family)).toEqual(started);
    expect(await store.findByRefreshToken(refreshToken)).toEqual(started);
  });

  test('has an id that sorts by time (UUID version 7)', async () => {
    const first = await store.start(newSession());
    clock.advance(1);
    const second = await store.start(newSession());
    expect(first.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(first.id < second.id).toBe(true);
  });

  test('that is unknown, or not even an id, is not found', async () => {
    for (const id of ['', 'nonsense', systemRandomness.uuid()]) {
      expect(await store.find(id)).toBeUndefined();
      expect(await store.end(id, 'REVOKED')).toBeUndefined();
    }
    expect(await store.findByFamily('unknown')).toBeUndefined();
    expect(await store.findByRefreshToken('unknown')).toBeUndefined();
  });

  test('that did not exist when it was asked for is found once it does', async () => {
    const session = newSession();
    expect(await store.findByFamily(session.family)).toBeUndefined();
    const { id } = await store.start(session);
    expect((await store.findByFamily(session.family))?.id).toBe(id);
  });

  test.each(['garbage', 'null', '{}', '[]', '"x"', '{"endedAt":null}'])(
    'is found by family though the cache says %s, which goes',
    async (garbage) => {
      const session = newSession();
      const started = await store.start(session);
      const key = `session:${session.family}`;
      await spoil(cache, key, garbage);
      expect(await store.findByFamily(session.family)).toEqual(started);
      expect(await store.findByFamily(session.family)).toEqual(started);
      const [cached] = await cache.read([key]);
      expect(cached?.hit && JSON.parse(cached.value)).toMatchObject([session.family, { id: started.id }]);
    },
  );

  test('has expired once its time is over, on the record of every reader', async () => {
    const session = newSession();
    const { id } = await store.start(session);
    await store.findByFamily(session.family);
    clock.advance(HOUR);
    const expired = { endedAt: session.expiresAt, endReason: 'EXPIRED' };
    expect(await store.find(id)).toMatchObject(expired);
    expect(await store.findByFamily(session.family)).toMatchObject(expired);
    expect(await store.end(id, 'REVOKED')).toMatchObject(expired);
  });

  test('is found by each of its refresh tokens, of which only digests are kept', async () => {
    const session = newSession();
    const { id } = await store.start(session);
    const second = systemRandomness.uuid();
    expect(await store.addRefreshToken(await claimed(session.refreshToken), second)).toBe(true);
    expect((await store.findByRefreshToken(second))?.id).toBe(id);
    expect((await store.findByRefreshToken(session.refreshToken))?.id).toBe(id);
    const rows = await database.db.select().from(refreshTokenDigests);
    expect(rows.every(({ digest }) => digest.length === 32)).toBe(true);
  });
});

const claimed = async (token: string, from = store): Promise<ClaimedRefreshToken> => {
  const claim = await from.claimRefreshToken(token);
  if (claim.kind !== 'claimed') throw new Error(`The token is ${claim.kind}.`);
  return claim;
};

describe('of the refresh tokens of a session', () => {
  const started = async () => {
    const session = newSession();
    const { id } = await store.start(session);
    return { id, first: session.refreshToken };
  };
  const successorOf = async (token: string) => {
    const successor = systemRandomness.uuid();
    expect(await store.addRefreshToken(await claimed(token), successor)).toBe(true);
    return successor;
  };
  const fateOf = async (token: string) => (await store.claimRefreshToken(token)).kind;

  test('each may be repeated until one of its successors is used, and never after', async () => {
    const { first } = await started();
    const second = await successorOf(first);
    expect(await fateOf(first)).toBe('claimed');
    expect(await fateOf(second)).toBe('claimed');
    expect(await fateOf(second)).toBe('claimed');
    expect(await fateOf(first)).toBe('reused');
  });

  test('half a minute after one successor was used, the others are dead', async () => {
    const { id, first } = await started();
    const [one, other, unused] = [
      await successorOf(first),
      await successorOf(first),
      await successorOf(first),
    ];
    const third = await successorOf(other);
    clock.advance(30_000);
    for (const dead of [one, unused, first]) {
      expect(await store.claimRefreshToken(dead)).toMatchObject({ kind: 'reused', session: { id } });
    }
    expect(await fateOf(third)).toBe('claimed');
  });

  test('successors that come to several instances within half a minute all go on, and the time runs from the first', async () => {
    const { first } = await started();
    const successors = await Promise.all(Array.from({ length: 5 }, () => successorOf(first)));
    const stores = successors.map(() => makeStore());
    const claimAll = (tokens: readonly string[]) =>
      Promise.all(tokens.map(async (token, index) => (await stores[index]?.claimRefreshToken(token))?.kind));
    const [late = '', ...early] = successors;
    expect(new Set(await claimAll(early))).toEqual(new Set(['claimed']));
    clock.advance(29_999);
    expect(await claimAll(early.slice(1))).toEqual(['claimed', 'claimed', 'claimed']);
    clock.advance(1);
    expect(await fateOf(late)).toBe('reused');
  });

  test('a successor is not noted once another one was used', async () => {
    const { first } = await started();
    const slow = await claimed(first);
    await store.claimRefreshToken(await successorOf(first));
    const late = systemRandomness.uuid();
    expect(await store.addRefreshToken(slow, late)).toBe(false);
    expect(await fateOf(late)).toBe('refused');
  });

  test('the same successor, given out twice, is one', async () => {
    const { first } = await started();
    const claim = await claimed(first);
    const second = systemRandomness.uuid();
    expect(await store.addRefreshToken(claim, second)).toBe(true);
    expect(await store.addRefreshToken(claim, second)).toBe(true);
    expect(await fateOf(second)).toBe('claimed');
  });

  test('one that is never replaced is never reused', async () => {
    const { first } = await started();
    for (let times = 0; times < 5; times++) expect(await fateOf(first)).toBe('claimed');
  });

  test('none is taken once the session has ended or expired, nor one that was never given out', async () => {
    const ended = await started();
    await store.end(ended.id, 'REVOKED');
    expect(await fateOf(ended.first)).toBe('refused');
    const expired = await started();
    clock.advance(HOUR);
    expect(await fateOf(expired.first)).toBe('refused');
    expect(await fateOf('unknown')).toBe('refused');
  });
});

describe('the end of a session', () => {
  test('is seen by every instance as soon as the call returns, cached or not', async () => {
    const other = makeStore();
    const session = newSession();
    const { id } = await store.start(session);
    await other.findByFamily(session.family);
    await store.end(id, 'LOGGED_OUT');
    const ended = { endedAt: clock.now(), endReason: 'LOGGED_OUT' };
    expect(await other.findByFamily(session.family)).toMatchObject(ended);
    expect(await other.find(id)).toMatchObject(ended);
  });

  test('keeps the first reason, also of two at once', async () => {
    const { id } = await store.start(newSession());
    const [one, two] = await Promise.all([store.end(id, 'REVOKED'), store.end(id, 'LOGGED_OUT')]);
    expect(one?.endReason).toBe(two?.endReason);
    clock.advance(1_000);
    expect(await store.end(id, 'USER_DISABLED')).toEqual(one);
  });

  test('cannot be undone in the cache by a read that began before', async () => {
    const session = newSession();
    const { id } = await store.start(session);
    for (let times = 0; times < 20; times++) {
      const reads = Array.from({ length: 5 }, () => store.findByFamily(session.family));
      await Promise.all([...reads, store.end(id, 'REVOKED')]);
      expect((await store.findByFamily(session.family))?.endReason).toBe('REVOKED');
    }
  });

  test('comes to all live ones of a person, and to nobody else’s', async () => {
    const userId = systemRandomness.uuid();
    const kept = await store.start(newSession({ userId }));
    const live = [await store.start(newSession({ userId })), await store.start(newSession({ userId }))];
    const ended = await store.start(newSession({ userId }));
    await store.end(ended.id, 'LOGGED_OUT');
    const stranger = await store.start(newSession());
    await Promise.all(live.map(({ family }) => store.findByFamily(family)));

    expect(await store.endAllOf(userId, 'REVOKED', { except: kept.id })).toBe(2);
    for (const { family } of live) {
      expect((await store.findByFamily(family))?.endReason).toBe('REVOKED');
    }
    expect((await store.find(kept.id))?.endedAt).toBeNull();
    expect((await store.find(ended.id))?.endReason).toBe('LOGGED_OUT');
    expect((await store.find(stranger.id))?.endedAt).toBeNull();
    expect(await store.endAllOf(userId, 'USER_DISABLED')).toBe(1);
    expect(await store.endAllOf(userId, 'USER_DISABLED')).toBe(0);
  });

  test('reaches the caches when it is repeated after they could not be told', async () => {
    const session = newSession();
    await store.start(session);
    await store.findByFamily(session.family);
    const deaf = makeStore({
      read: (keys) => cache.read(keys),
      fill: (...entry) => cache.fill(...entry),
      invalidate: () => Promise.reject(new Error('The store does not answer.')),
      suspend: () => Promise.resolve(),
      ping: () => cache.ping(),
      close: () => cache.close(),
    });
    await expect(deaf.endAllOf(session.userId, 'REVOKED')).rejects.toThrow();
    clock.advance(1_000);
    expect(await store.endAllOf(session.userId, 'REVOKED')).toBe(0);
    expect((await store.findByFamily(session.family))?.endReason).toBe('REVOKED');
  });
});

describe('sessions of a person', () => {
  test('come newest first, page by page', async () => {
    const userId = systemRandomness.uuid();
    const ids: string[] = [];
    for (let times = 0; times < 5; times++) {
      ids.unshift((await store.start(newSession({ userId }))).id);
      clock.advance(1);
    }
    const first = await store.pageOf(userId, { limit: 2, after: null });
    expect(first.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await store.pageOf(userId, { limit: 9, after: ids[1] ?? '' });
    expect(second.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(await store.pageOf(userId, { limit: 9, after: 'nonsense' })).toEqual([]);
  });

  test('come in the order asked, with holes for what there is not', async () => {
    const one = await store.start(newSession());
    const two = await store.start(newSession());
    const found = await store.findMany([two.id, 'nonsense', one.id, two.id]);
    expect(found.map((session) => session?.id)).toEqual([two.id, undefined, one.id, two.id]);
  });
});

test('the use of a session is noted at most once a minute', async () => {
  const session = await store.start(newSession());
  const seen = async () => (await store.find(session.id))?.lastSeenAt;
  clock.advance(59_999);
  store.touch(session);
  expect(await seen()).toEqual(session.lastSeenAt);
  clock.advance(1);
  store.touch(session);
  await expect.poll(seen).toEqual(clock.now());
  const noted = clock.now();
  clock.advance(30_000);
  store.touch(session);
  expect(await seen()).toEqual(noted);
});
