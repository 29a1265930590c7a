import { timingSafeEqual } from 'node:crypto';

import { and, eq, gt, lt, sql } from 'drizzle-orm';

import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import { challenges } from '../../services/database/schema/embedded-cognito.js';
import type { Randomness } from '../../services/randomness.js';
import type { AppClient } from './client-settings.js';
import { digest } from './digests.js';
import { invalidSession, sessionExpired } from './exceptions.js';
import type { Expiry } from './expiry.js';
import { newOpaqueToken } from './identifiers.js';
import type { MfaMethod, User } from './user-store.js';

const MINUTE = 60_000;
const TRIES = 5;

/** What the client knows as MFA_SETUP is another challenge once an authenticator is verified. */
export type ChallengeName =
  'NEW_PASSWORD_REQUIRED' | MfaMethod | 'SELECT_MFA_TYPE' | 'MFA_SETUP' | 'MFA_SETUP_VERIFIED';
export type Challenge = typeof challenges.$inferSelect;

/** What lies between a challenge and its answer; the client holds its `Session`. */
export interface ChallengeStore {
  /**
   * @param code the one that was sent for it, where one was: good for this challenge alone
   * @returns the Session, good for as many minutes as the client says
   */
  open(user: User, client: AppClient, name: ChallengeName, code?: string): Promise<string>;
  /**
   * The challenge of a Session.
   * @throws NotAuthorizedException where there is none, it is closed, or expired, or dead of wrong answers
   */
  get(session: string): Promise<Challenge>;
  /**
   * Counts an answer before it is judged: answers that come at once cannot share one count.
   * @throws NotAuthorizedException once there were five
   */
  countTry(challenge: Challenge): Promise<void>;
  /** Whether it was open: of two who close it at once, one is told so. */
  close(challenge: Challenge): Promise<boolean>;
  closeAll(user: Pick<User, 'poolId' | 'sub'>): Promise<void>;
  /** The same with all of the user's; whether this one was open. */
  closeWithOthers(challenge: Challenge): Promise<boolean>;
}

export function createChallengeStore({
  db,
  clock,
  randomness,
  expiry,
}: {
  db: Db;
  clock: Clock;
  randomness: Randomness;
  expiry: Expiry;
}): ChallengeStore {
  return {
    async open(user, client, name, code) {
      const now = clock.now();
      const session = newOpaqueToken(randomness);
      await expiry.sweep();
      await db.insert(challenges).values({
        digest: digest(session),
        poolId: user.poolId,
        sub: user.sub,
        clientId: client.id,
        name,
        codeDigest: code === undefined ? null : codeDigestOf(digest(session), code),
        expiresAt: new Date(now.getTime() + client.settings.AuthSessionValidity * MINUTE),
      });
      return session;
    },

    async get(session) {
      const [challenge] = await db
        .select()
        .from(challenges)
        .where(eq(challenges.digest, digest(session)));
      if (!challenge) throw invalidSession();
      if (challenge.expiresAt <= clock.now() || challenge.tries >= TRIES) throw sessionExpired();
      return challenge;
    },

    async countTry(challenge) {
      const counted = await db
        .update(challenges)
        .set({ tries: sql`${challenges.tries} + 1` })
        .where(
          and(
            eq(challenges.digest, challenge.digest),
            lt(challenges.tries, TRIES),
            gt(challenges.expiresAt, clock.now()),
          ),
        )
        .returning({ tries: challenges.tries });
      if (counted.length === 0) throw sessionExpired();
    },

    async close(challenge) {
      const closed = await db
        .delete(challenges)
        .where(eq(challenges.digest, challenge.digest))
        .returning({ name: challenges.name });
      return closed.length > 0;
    },

    async closeWithOthers({ poolId, sub, digest: own }) {
      const closed = await db
        .delete(challenges)
        .where(and(eq(challenges.poolId, poolId), eq(challenges.sub, sub)))
        .returning({ digest: challenges.digest });
      return closed.some((other) => other.digest.equals(own));
    },

    async closeAll({ poolId, sub }) {
      await db.delete(challenges).where(and(eq(challenges.poolId, poolId), eq(challenges.sub, sub)));
    },
  };
}

/** Whether the code is the one that was sent for the challenge, in a time that does not depend on it. */
export const isCodeOf = (challenge: Challenge, code: string): boolean =>
  challenge.codeDigest !== null &&
  timingSafeEqual(challenge.codeDigest, codeDigestOf(challenge.digest, code));

/** Bound to its challenge: no code does for another one's Session. */
const codeDigestOf = (sessionDigest: Buffer, code: string) => digest(sessionDigest.toString('base64'), code);
