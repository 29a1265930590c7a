import { timingSafeEqual } from 'node:crypto';

import { and, eq, gt, lt, lte, sql } from 'drizzle-orm';

import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import { codes } from '../../services/database/schema/embedded-cognito.js';
import type { Randomness } from '../../services/randomness.js';
import { digest } from './digests.js';
import { attemptLimitExceeded, codeMismatch, expiredCode, tooManyFailedAttempts } from './exceptions.js';
import type { Expiry } from './expiry.js';
import { randomText } from './identifiers.js';
import type { User } from './user-store.js';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const TRIES = 5;
/** The first code and five repetitions. */
const SENT_PER_HOUR = 6;

/** To confirm a sign-up, or to verify an address that was changed. */
export type CodePurpose = 'SIGN_UP' | 'email';

/** A code belongs to the address that it was sent to as well: it says nothing of one that took its place. */
type CodeOwner = Pick<User, 'poolId' | 'sub' | 'attributes'>;

export interface CodeStore {
  /**
   * A code of six digits, good for 24 hours, once. The code before it is good no longer.
   * @throws LimitExceededException after five repetitions within an hour
   */
  issue(user: CodeOwner, purpose: CodePurpose): Promise<string>;
  /**
   * Uses a code up.
   * @throws CodeMismatchException, ExpiredCodeException, and TooManyFailedAttemptsException once five were wrong
   */
  redeem(user: CodeOwner, purpose: CodePurpose, code: string): Promise<void>;
}

export function createCodeStore({
  db,
  clock,
  randomness,
  expiry,
}: {
  db: Db;
  clock: Clock;
  randomness: Randomness;
  expiry: Expiry;
}): CodeStore {
  const isCode = ({ poolId, sub }: CodeOwner, purpose: CodePurpose) =>
    and(eq(codes.poolId, poolId), eq(codes.sub, sub), eq(codes.purpose, purpose));

  const digestOf = ({ poolId, sub, attributes }: CodeOwner, purpose: CodePurpose, code: string) =>
    digest(poolId, sub, purpose, attributes['email'] ?? '', code);

  return {
    async issue(user, purpose) {
      await expiry.sweep();
      const now = clock.now();
      const code = randomText(randomness, '0123456789', 6);
      const fresh = {
        digest: digestOf(user, purpose, code),
        expiresAt: new Date(now.getTime() + DAY),
        wrongTries: 0,
      };
      const newWindow = lte(codes.countedSince, new Date(now.getTime() - HOUR));
      const [row] = await db
        .insert(codes)
        .values({ poolId: user.poolId, sub: user.sub, purpose, ...fresh, sent: 1, countedSince: now })
        .onConflictDoUpdate({
          target: [codes.poolId, codes.sub, codes.purpose],
          set: {
            ...fresh,
            sent: sql`case when ${newWindow} then 1 else ${codes.sent} + 1 end`,
            countedSince: sql`case when ${newWindow} then ${now.toISOString()}::timestamptz else ${codes.countedSince} end`,
          },
          setWhere: sql`${newWindow} or ${codes.sent} < ${SENT_PER_HOUR}`,
        })
        .returning({ sent: codes.sent });
      if (!row) throw attemptLimitExceeded();
      return code;
    },

    async redeem(user, purpose, code) {
      // The try is counted before it is judged: tries that come at once cannot share one count.
      const [counted] = await db
        .update(codes)
        .set({ wrongTries: sql`${codes.wrongTries} + 1` })
        .where(and(isCode(user, purpose), lt(codes.wrongTries, TRIES), gt(codes.expiresAt, clock.now())))
        .returning();
      if (!counted) throw await whyDead(db, isCode(user, purpose));
      if (!timingSafeEqual(counted.digest, digestOf(user, purpose, code))) throw codeMismatch();
      const used = await db
        .delete(codes)
        .where(and(isCode(user, purpose), eq(codes.digest, counted.digest)))
        .returning({ sub: codes.sub });
      if (used.length === 0) throw expiredCode();
    },
  };
}

async function whyDead(db: Db, isCode: ReturnType<typeof and>) {
  const [dead] = await db.select().from(codes).where(isCode);
  return dead && dead.wrongTries >= TRIES ? tooManyFailedAttempts() : expiredCode();
}
