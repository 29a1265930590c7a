import { and, eq, lte, sql } from 'drizzle-orm';

import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import { signInFailures } from '../../services/database/schema/embedded-cognito.js';
import { passwordAttemptsExceeded } from './exceptions.js';

/** The failure that locks for the first time, at AWS. */
const LOCKING_FAILURE = 5;
const IDLE = 15 * 60_000;
/** 2^10 seconds would be longer than what resets the count. */
const LONGEST_LOCK = 15 * 60;

/** An account of a pool: a user's `sub`, or what stands for a name that nobody has. */
export interface Account {
  readonly poolId: string;
  readonly account: string;
}

/**
 * The lockout of
 * https://docs.aws.amazon.com/cognito/latest/developerguide/authentication.html#authentication-flow-lockout-behavior
 * The fifth failure in a row locks for a second, each further one for twice as long as the last, up to 15 minutes. Tries
 * in between do not count; 15 minutes without one start anew.
 */
export interface SignInFailures {
  /** @throws NotAuthorizedException while the account is locked */
  assertUnlocked(account: Account): Promise<void>;
  /** @throws NotAuthorizedException where the account was locked meanwhile: this try does not count */
  recordFailure(account: Account): Promise<void>;
  /** @throws NotAuthorizedException where the account was locked meanwhile: a lucky guess in a burst is worth nothing */
  recordSuccess(account: Account): Promise<void>;
}

export interface SignInFailuresOptions {
  readonly db: Db;
  readonly clock: Clock;
  /** The failure that locks for the first time; AWS's fifth when left out. */
  readonly lockingFailure?: number;
}

export function createSignInFailures({
  db,
  clock,
  lockingFailure = LOCKING_FAILURE,
}: SignInFailuresOptions): SignInFailures {
  const isAccount = ({ poolId, account }: Account) =>
    and(eq(signInFailures.poolId, poolId), eq(signInFailures.account, account));

  const find = async (account: Account) => {
    const [row] = await db.select().from(signInFailures).where(isAccount(account));
    if (row?.lockedUntil && row.lockedUntil > clock.now()) throw passwordAttemptsExceeded();
    return row;
  };

  return {
    async assertUnlocked(account) {
      await find(account);
    },

    async recordFailure(account) {
      const now = clock.now();
      const idleSince = new Date(now.getTime() - IDLE);
      await db.delete(signInFailures).where(lte(signInFailures.lastFailedAt, idleSince));
      const failures = sql<number>`${signInFailures.failures} + 1`;
      const [row] = await db
        .insert(signInFailures)
        .values({ ...account, failures: 1, lastFailedAt: now })
        .onConflictDoUpdate({
          target: [signInFailures.poolId, signInFailures.account],
          set: {
            failures,
            lastFailedAt: now,
            lockedUntil: sql`case when ${failures} >= ${lockingFailure}::int then ${now.toISOString()}::timestamptz
              + least(power(2, least(${failures} - ${lockingFailure}::int, 10)), ${LONGEST_LOCK}) * interval '1 second' end`,
          },
          setWhere: sql`${signInFailures.lockedUntil} is null or ${lte(signInFailures.lockedUntil, now)}`,
        })
        .returning();
      if (!row) throw passwordAttemptsExceeded();
    },

    async recordSuccess(account) {
      const failures = await find(account);
      if (failures) await db.delete(signInFailures).where(isAccount(account));
    },
  };
}
