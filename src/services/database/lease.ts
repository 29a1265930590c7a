import { setTimeout } from 'node:timers/promises';

import { and, eq, gt, lt } from 'drizzle-orm';

import { PortcullisError } from '../../errors.js';
import type { Clock } from '../clock.js';
import type { Randomness } from '../randomness.js';
import type { Db } from './database.js';
import { leases } from './schema/index.js';

export interface LeaseOptions {
  /** What is held: at most one holder for each name, on all instances that share the database. */
  name: string;
  /**
   * After how many milliseconds a holder that vanished is passed over. Far longer than the work takes, and than the
   * instances' clocks may differ.
   */
  ttlMs: number;
  /** How long to wait for another holder, in milliseconds. */
  waitMs?: number;
  clock: Clock;
  randomness: Randomness;
  /** Waits the given milliseconds. */
  sleep?: (ms: number) => Promise<unknown>;
}

/** A lease in the hands of its holder. */
export interface Lease {
  /**
   * Makes sure that it is still held, and for another full time. Call it before each step that must not happen twice.
   *
   * @throws PortcullisError UPSTREAM_UNAVAILABLE when it ran out and may be another's
   */
  renew(): Promise<void>;
}

const POLL_MS = 50;

/**
 * Does `work` while holding the lease of that name, and gives it back afterwards, whatever came of it. Not to be called
 * inside of a transaction: nobody else would see the lease before it is over.
 *
 * @throws PortcullisError UPSTREAM_UNAVAILABLE when another holds it for longer than `waitMs`
 */
export async function withLease<T>(
  db: Db,
  options: LeaseOptions,
  work: (lease: Lease) => Promise<T>,
): Promise<T> {
  const holder = options.randomness.uuid();
  await wait(db, options, holder);
  try {
    return await work({ renew: () => renew(db, options, holder) });
  } finally {
    // The work is done and its outcome stands. A lease that cannot be given back runs out by itself.
    await release(db, options.name, holder).catch(() => undefined);
  }
}

/** Polls a fixed number of times, so that the wait ends whatever the clock says. */
async function wait(db: Db, options: LeaseOptions, holder: string): Promise<void> {
  const { waitMs = 5_000, sleep = (ms: number) => setTimeout(ms) } = options;
  for (let waited = 0; !(await take(db, options, holder)); waited += POLL_MS) {
    if (waited >= waitMs) throw unavailable();
    await sleep(POLL_MS);
  }
}

/** One statement, so that of several who find it free one gets it. */
async function take(db: Db, { name, ttlMs, clock }: LeaseOptions, holder: string): Promise<boolean> {
  const now = clock.now();
  const expiresAt = new Date(now.getTime() + ttlMs);
  const taken = await db
    .insert(leases)
    .values({ name, holder, expiresAt })
    .onConflictDoUpdate({
      target: leases.name,
      set: { holder, expiresAt },
      setWhere: lt(leases.expiresAt, now),
    })
    .returning({ name: leases.name });
  return taken.length === 1;
}

async function renew(db: Db, { name, ttlMs, clock }: LeaseOptions, holder: string): Promise<void> {
  const now = clock.now();
  const renewed = await db
    .update(leases)
    .set({ expiresAt: new Date(now.getTime() + ttlMs) })
    .where(and(eq(leases.name, name), eq(leases.holder, holder), gt(leases.expiresAt, now)))
    .returning({ name: leases.name });
  if (renewed.length === 0) throw unavailable();
}

async function release(db: Db, name: string, holder: string): Promise<void> {
  await db.delete(leases).where(and(eq(leases.name, name), eq(leases.holder, holder)));
}

function unavailable(): PortcullisError {
  return new PortcullisError(
    'UPSTREAM_UNAVAILABLE',
    'Another change of the same kind is under way. Try again.',
    {
      retryAfter: 1,
    },
  );
}
