import { createHmac } from 'node:crypto';

import { and, desc, eq, gt, gte, inArray, isNull, lt, lte, ne, sql } from 'drizzle-orm';
import { v7 as uuidv7, validate } from 'uuid';

import type { Cache } from '../cache/cache.js';
import { createReadThrough } from '../cache/read-through.js';
import type { Clock } from '../clock.js';
import type { Db } from '../database/database.js';
import { refreshTokenDigests, sessions, signInBounds } from '../database/schema/identity.js';
import type { Logger } from '../logger.js';
import type { Randomness } from '../randomness.js';
import { createLastSeenNotes } from './last-seen.js';
import { createRefreshLineage } from './refresh-lineage.js';
import { asOf, reviveRow, sessionColumns, type SessionRow } from './session-row.js';
import type { SessionEndReason, SessionRecord, SessionStore } from './session.js';

export interface DatabaseSessionStoreDependencies {
  readonly db: Db;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
  /** The key of the HMAC under which refresh tokens are kept; shared by all instances, 32 bytes or more. */
  readonly refreshTokenKey: Uint8Array;
  /** Told of those that have ended, once the database and the caches have it. Never rejects. */
  readonly onEnded?: (ended: readonly SessionRecord[]) => Promise<void>;
}

/** A backstop to invalidation; what ends a session never waits for it. */
const CACHED_MS = 30_000;

/** Whoever has somebody's token can call themselves anything, and as often as they like. */
const MAX_SUSPICIOUS_CLIENTS = 20;

/** PostgreSQL would take other spellings of a UUID for the same id; only the one that was given out is one here. */
const isSessionId = (id: string) => validate(id) && id === id.toLowerCase();

/** Sessions as rows, their state cached by refresh family for the check that every request makes. */
export function createDatabaseSessionStore(dependencies: DatabaseSessionStoreDependencies): SessionStore {
  const { db, cache, clock, randomness, logger, refreshTokenKey, onEnded = async () => {} } = dependencies;
  const current = (row: SessionRow): SessionRecord => asOf(clock.now(), row);
  const digestOf = (token: string) => createHmac('sha256', refreshTokenKey).update(token).digest();
  const lineage = createRefreshLineage({ db, clock, digestOf });

  const byFamily = createReadThrough<SessionRow>({
    cache,
    prefix: 'session:',
    ttlMs: CACHED_MS,
    load: async (family) =>
      (await db.select(sessionColumns).from(sessions).where(eq(sessions.family, family)))[0],
    revive: reviveRow,
  });

  const findMany = async (ids: readonly string[]) => {
    const known = ids.filter(isSessionId);
    if (known.length === 0) return ids.map(() => undefined);
    const rows = await db.select(sessionColumns).from(sessions).where(inArray(sessions.id, known));
    const byId = new Map(rows.map((row) => [row.id, current(row)]));
    return ids.map((id) => byId.get(id));
  };
  const find = async (id: string) => (await findMany([id]))[0];

  const liveOf = (userId: string, except: string | undefined, begunBefore: Date | undefined) =>
    db
      .select({ id: sessions.id, family: sessions.family })
      .from(sessions)
      .where(
        and(
          eq(sessions.userId, userId),
          isNull(sessions.endedAt),
          gt(sessions.expiresAt, clock.now()),
          except === undefined ? undefined : ne(sessions.id, except),
          begunBefore === undefined ? undefined : lt(sessions.createdAt, begunBefore),
        ),
      );

  /** Families that ended so lately that a cache may still think otherwise, were it not told. */
  const lateFamiliesOf = async (userId: string): Promise<string[]> => {
    const since = new Date(clock.now().getTime() - 2 * CACHED_MS);
    const rows = await db
      .select({ family: sessions.family })
      .from(sessions)
      .where(and(eq(sessions.userId, userId), gte(sessions.endedAt, since)));
    return rows.map(({ family }) => family);
  };

  /** Makes known what the database has. */
  const spread = async (families: readonly string[], ended: readonly SessionRow[]): Promise<void> => {
    try {
      await byFamily.invalidate(families);
    } finally {
      if (ended.length > 0) await onEnded(ended);
    }
  };

  const end: SessionStore['end'] = async (id, reason) => {
    const before = await find(id);
    if (before === undefined) return undefined;
    if (before.endedAt === null) await byFamily.suspend([before.family]);
    const now = clock.now();
    // One statement decides: of two endings at once, the first one's reason stays.
    const ended = await db
      .update(sessions)
      .set({ endedAt: now, endReason: reason })
      .where(and(eq(sessions.id, id), isNull(sessions.endedAt), gt(sessions.expiresAt, now)))
      .returning(sessionColumns);
    await spread([before.family], ended);
    return find(id);
  };

  /** What ended everything that began before. */
  const overtakenBy = async (userId: string, beganAt: Date): Promise<SessionEndReason | undefined> => {
    const [bound] = await db
      .select({ reason: signInBounds.reason })
      .from(signInBounds)
      .where(and(eq(signInBounds.userId, userId), gt(signInBounds.validFrom, beganAt)));
    return bound?.reason;
  };

  return {
    find,
    findMany,
    isOvertaken: async (userId, beganAt) => (await overtakenBy(userId, beganAt)) !== undefined,
    touch: createLastSeenNotes(db, clock, logger),
    findByRefreshToken: lineage.find,
    claimRefreshToken: lineage.claim,
    addRefreshToken: lineage.add,

    async start({ refreshToken, beganAt = clock.now(), ...session }) {
      const now = clock.now();
      const id = uuidv7({ msecs: now.getTime(), random: randomness.bytes(16) });
      const row: SessionRow = {
        ...session,
        id,
        createdAt: now,
        lastSeenAt: now,
        endedAt: null,
        endReason: null,
        cognitoSessionId: null,
        suspiciousSince: null,
      };
      const digest = { digest: digestOf(refreshToken), sessionId: id, issuedAt: now, generation: 1 };
      // Both or neither, in one statement.
      const started = db.$with('started').as(db.insert(sessions).values(row).returning({ id: sessions.id }));
      await db.with(started).insert(refreshTokenDigests).values(digest);
      // Asked once the row is there: what ends all sessions sets the bound first, and then ends the rows that it finds.
      const overtaken = await overtakenBy(row.userId, beganAt);
      if (overtaken) return (await end(id, overtaken)) ?? current(row);
      return current(row);
    },

    async findByFamily(family) {
      const row = await byFamily.get(family);
      return row && current(row);
    },

    async pageOf(userId, { limit, after }) {
      if (after !== null && !isSessionId(after)) return [];
      const olderThan = after === null ? undefined : lt(sessions.id, after);
      const rows = await db
        .select(sessionColumns)
        .from(sessions)
        .where(and(eq(sessions.userId, userId), olderThan))
        .orderBy(desc(sessions.id))
        .limit(limit);
      return rows.map(current);
    },

    end,

    async markClient(id, client) {
      const seen = sessions.suspiciousClients;
      const [marked] = await db
        .update(sessions)
        .set({
          suspiciousSince: sql`coalesce(${sessions.suspiciousSince}, ${sql.param(clock.now(), sessions.suspiciousSince)})`,
          suspiciousClients: sql`array_append(${seen}, ${client})`,
        })
        .where(
          and(
            eq(sessions.id, id),
            isNull(sessions.endedAt),
            sql`${client} <> all(${seen})`,
            sql`cardinality(${seen}) < ${MAX_SUSPICIOUS_CLIENTS}`,
          ),
        )
        .returning({ family: sessions.family });
      if (!marked) return false;
      // It is on record, and nothing is decided by it: a cache that was not told shows it half a minute later.
      await byFamily.invalidate([marked.family]).catch(() => undefined);
      return true;
    },

    async endAllOf(userId, reason, { except, begunBefore } = {}) {
      const validFrom = begunBefore ?? clock.now();
      await db
        .insert(signInBounds)
        .values({ userId, validFrom, reason })
        .onConflictDoUpdate({
          target: signInBounds.userId,
          set: { validFrom, reason },
          // One that is late takes nothing back.
          setWhere: lte(signInBounds.validFrom, validFrom),
        });
      const liveOnes = () => liveOf(userId, except, begunBefore);
      const ended: SessionRow[] = [];
      // Whoever signs in meanwhile is found by the next round.
      for (let live = await liveOnes(); live.length > 0; live = await liveOnes()) {
        await byFamily.suspend(live.map(({ family }) => family));
        const now = clock.now();
        const ids = live.map(({ id }) => id);
        const rows = await db
          .update(sessions)
          .set({ endedAt: now, endReason: reason })
          .where(and(inArray(sessions.id, ids), isNull(sessions.endedAt), gt(sessions.expiresAt, now)))
          .returning(sessionColumns);
        ended.push(...rows);
      }
      // Also those of an attempt before this one, which may have failed between the database and the caches.
      await spread(await lateFamiliesOf(userId), ended);
      return ended.length;
    },
  };
}
