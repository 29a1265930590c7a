import { randomUUID } from 'node:crypto';

import { eq, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Database } from '../../src/services/database/database.js';
import { withLease } from '../../src/services/database/lease.js';
import { people, refreshTokenDigests, secrets, sessions } from '../../src/services/database/schema/index.js';
import { sharedSecret } from '../../src/services/database/secret-store.js';
import { systemClock } from '../../src/services/clock.js';
import { systemRandomness } from '../../src/services/randomness.js';

/** What the services rely on, on every driver. Each test has rows of its own. */
export function databaseConformance(name: string, open: () => Promise<Database>): void {
  describe(`${name} keeps the Database contract`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
    });
    afterAll(() => database.close());

    test('answers a ping', async () => {
      await expect(database.ping()).resolves.toBeUndefined();
    });

    test('is migrated: every table of the schema can be read', async () => {
      for (const table of [people, sessions, refreshTokenDigests, secrets]) {
        expect(await database.db.select().from(table).limit(0)).toEqual([]);
      }
    });

    test('keeps instants to the millisecond', async () => {
      const session = newSession({ createdAt: new Date('2026-02-03T04:05:06.789Z') });
      await database.db.insert(sessions).values(session);
      const [row] = await database.db.select().from(sessions).where(eq(sessions.id, session.id));
      expect(row).toMatchObject({ ...session, endedAt: null, endReason: null });
    });

    test.each([0, 1, 32, 100_000])('keeps %i bytes as a Buffer', async (length) => {
      const value = systemRandomness.bytes(length);
      const row = { name: randomUUID(), value, createdAt: new Date() };
      await database.db.insert(secrets).values(row);
      const [found] = await database.db.select().from(secrets).where(eq(secrets.name, row.name));
      expect(Buffer.isBuffer(found?.value)).toBe(true);
      expect(found?.value.equals(value)).toBe(true);
    });

    test('finds a row by its bytes', async () => {
      const session = newSession();
      await database.db.insert(sessions).values(session);
      const digest = systemRandomness.bytes(32);
      await database.db
        .insert(refreshTokenDigests)
        .values({ digest, sessionId: session.id, issuedAt: new Date(), generation: 1 });
      const found = await database.db
        .select()
        .from(refreshTokenDigests)
        .where(eq(refreshTokenDigests.digest, digest));
      expect(found.map((row) => row.sessionId)).toEqual([session.id]);
    });

    test('counts changed rows by what they return', async () => {
      const id = randomUUID();
      await database.db.insert(people).values({ id, userType: 'END_USER' });
      const remove = () => database.db.delete(people).where(eq(people.id, id)).returning({ id: people.id });
      expect(await remove()).toEqual([{ id }]);
      expect(await remove()).toEqual([]);
      expect(await database.db.$count(people, eq(people.id, id))).toBe(0);
    });

    test('a transaction that throws leaves nothing', async () => {
      const id = randomUUID();
      const failure = new Error('changed my mind');
      await expect(
        database.db.transaction(async (tx) => {
          await tx.insert(people).values({ id, userType: 'ADMIN' });
          expect(await tx.$count(people, eq(people.id, id))).toBe(1);
          throw failure;
        }),
      ).rejects.toBe(failure);
      expect(await database.db.$count(people, eq(people.id, id))).toBe(0);
    });

    test('transactions that overlap lose no update', async () => {
      const id = randomUUID();
      await database.db.insert(secrets).values({ name: id, value: Buffer.from([0]), createdAt: new Date() });
      const increment = () =>
        database.db.transaction(async (tx) => {
          const [row] = await tx.select().from(secrets).where(eq(secrets.name, id)).for('update');
          const next = Buffer.from([(row?.value[0] ?? 0) + 1]);
          await tx.update(secrets).set({ value: next }).where(eq(secrets.name, id));
        });
      await Promise.all(Array.from({ length: 20 }, increment));
      const [row] = await database.db.select().from(secrets).where(eq(secrets.name, id));
      expect(row?.value[0]).toBe(20);
    });

    test('the error of a failed query holds none of its values', async () => {
      const secret = 'swordfish-5ae1';
      const failed = database.db.execute(sql`SELECT ${secret}::text FROM nowhere`);
      const error = (await failed.catch((reason: unknown) => reason)) as Error;
      expect(error.message).toContain('[hidden]');
      expect(JSON.stringify(error)).not.toContain(secret);
      expect(describeDeeply(error)).not.toContain(secret);
    });

    leaseConformance(() => database);
    secretConformance(() => database);

    test('closing twice is closing once', async () => {
      const own = await open();
      await own.close();
      await expect(own.close()).resolves.toBeUndefined();
      await expect(own.ping()).rejects.toThrow();
    });
  });
}

function leaseConformance(database: () => Database): void {
  const quick = { ttlMs: 60_000, clock: systemClock, randomness: systemRandomness };

  test('a lease lets one in at a time', async () => {
    const name = randomUUID();
    let inside = 0;
    let most = 0;
    const visit = () =>
      withLease(
        database().db,
        { ...quick, name, sleep: () => new Promise(setImmediate), waitMs: 1e9 },
        async (lease) => {
          most = Math.max(most, ++inside);
          await lease.renew();
          inside -= 1;
        },
      );
    await Promise.all(Array.from({ length: 6 }, visit));
    expect(most).toBe(1);
  });

  test('a lease that stays taken is an error that may be retried', async () => {
    const name = randomUUID();
    const waits: number[] = [];
    const sleep = async (ms: number) => waits.push(ms);
    await withLease(database().db, { ...quick, name }, async () => {
      const second = withLease(database().db, { ...quick, name, waitMs: 200, sleep }, async () => 'never');
      await expect(second).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', retryable: true });
    });
    expect(waits.reduce((sum, ms) => sum + ms, 0)).toBe(200);
  });

  test('a lease is given back when the work fails, and its error stands', async () => {
    const name = randomUUID();
    const failure = new Error('work failed');
    const work = () => Promise.reject(failure);
    await expect(withLease(database().db, { ...quick, name }, work)).rejects.toBe(failure);
    await expect(withLease(database().db, { ...quick, name, waitMs: 0 }, async () => 'next')).resolves.toBe(
      'next',
    );
  });

  test('a lease whose holder vanished is passed on, and the old holder learns of it', async () => {
    const name = randomUUID();
    let now = 1_000_000;
    const slow = { ...quick, name, ttlMs: 1_000, waitMs: 0, clock: { now: () => new Date(now) } };
    await withLease(database().db, slow, async (old) => {
      now += 999;
      await old.renew();
      now += 1_001;
      await withLease(database().db, slow, async (next) => {
        await expect(old.renew()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
        await next.renew();
      });
    });
  });
}

function secretConformance(database: () => Database): void {
  const sources = { randomness: systemRandomness, clock: systemClock };

  test('a shared secret is made once, whoever asks first', async () => {
    const name = randomUUID();
    const asked = await Promise.all(
      Array.from({ length: 8 }, () => sharedSecret(database().db, name, 32, sources)),
    );
    const later = await sharedSecret(database().db, name, 32, sources);
    expect(new Set([...asked, later].map((secret) => secret.toString('hex'))).size).toBe(1);
    expect(later).toHaveLength(32);
    expect(await sharedSecret(database().db, randomUUID(), 32, sources)).not.toEqual(later);
  });

  test('a shared secret of another length is refused, without being shown', async () => {
    const name = randomUUID();
    await sharedSecret(database().db, name, 16, sources);
    await expect(sharedSecret(database().db, name, 32, sources)).rejects.toThrow(
      `The database's secret ${name} is not of 32 bytes.`,
    );
  });
}

function newSession(overrides: Partial<typeof sessions.$inferInsert> = {}) {
  return {
    id: randomUUID(),
    family: randomUUID(),
    userId: randomUUID(),
    userType: 'END_USER' as const,
    createdAt: new Date('2026-01-01T00:00:00.001Z'),
    lastSeenAt: new Date('2026-01-01T00:00:00.999Z'),
    expiresAt: new Date('9999-12-31T23:59:59.999Z'),
    mfaAuthenticated: false,
    ...overrides,
  };
}

/** All that a log could find in an error: its message, stack and fields, and those of its causes. */
function describeDeeply(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack} ${JSON.stringify({ ...error, cause: undefined })} ${describeDeeply(error.cause)}`;
}
