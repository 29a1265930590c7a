import { and, eq } from 'drizzle-orm';

import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import { challenges } from '../../services/database/schema/embedded-cognito.js';
import type { Randomness } from '../../services/randomness.js';
import { digest } from './digests.js';
import type { Expiry } from './expiry.js';
import { newOpaqueToken } from './identifiers.js';
import type { User } from './user-store.js';

const LIFETIME = 3 * 60_000;

export type ChallengeName = 'NEW_PASSWORD_REQUIRED';
export type Challenge = typeof challenges.$inferSelect;

/** What lies between a challenge and its answer; the client holds its `Session`. */
export interface ChallengeStore {
  /** @returns the Session, good for three minutes */
  open(user: User, clientId: string, name: ChallengeName): Promise<string>;
  /** The challenge of a Session that is neither expired nor closed. */
  find(session: string): Promise<Challenge | undefined>;
  /** Whether it was open: of two who close it at once, one is told so. */
  close(challenge: Challenge): Promise<boolean>;
  closeAll(user: User): Promise<void>;
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
    async open(user, clientId, name) {
      const now = clock.now();
      const session = newOpaqueToken(randomness);
      await expiry.sweep();
      await db.insert(challenges).values({
        digest: digest(session),
        poolId: user.poolId,
        sub: user.sub,
        clientId,
        name,
        expiresAt: new Date(now.getTime() + LIFETIME),
      });
      return session;
    },

    async find(session) {
      const [challenge] = await db
        .select()
        .from(challenges)
        .where(eq(challenges.digest, digest(session)));
      return challenge && challenge.expiresAt > clock.now() ? challenge : undefined;
    },

    async close(challenge) {
      const closed = await db
        .delete(challenges)
        .where(eq(challenges.digest, challenge.digest))
        .returning({ name: challenges.name });
      return closed.length > 0;
    },

    async closeAll({ poolId, sub }) {
      await db.delete(challenges).where(and(eq(challenges.poolId, poolId), eq(challenges.sub, sub)));
    },
  };
}
