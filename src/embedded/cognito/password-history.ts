import { and, desc, eq, lte } from 'drizzle-orm';

import type { Db } from '../../services/database/database.js';
import { passwordHistory } from '../../services/database/schema/embedded-cognito.js';
import { passwordHistoryViolated } from './exceptions.js';
import { passwordMatches } from './password-hashing.js';
import type { UserPool } from './pool-settings.js';
import type { User } from './user-store.js';

type Owner = Pick<User, 'poolId' | 'sub' | 'passwordHash'>;

/**
 * The passwords that people had, for pools that let nobody choose one of their last again. The present one is the first
 * of them, so that as many as the pool's PasswordHistorySize cannot be chosen in all.
 */
export interface PasswordHistory {
  /**
   * Holds a password against the present one and those before it, the latest first.
   * @throws PasswordHistoryPolicyViolationException
   */
  assertUnused(pool: UserPool, user: Owner, password: string): Promise<void>;
  /** Keeps the present password, which is about to be replaced, and lets go of those that count no more. */
  keep(pool: UserPool, user: Owner): Promise<void>;
}

export function createPasswordHistory(db: Db): PasswordHistory {
  const isOf = ({ poolId, sub }: Owner) =>
    and(eq(passwordHistory.poolId, poolId), eq(passwordHistory.sub, sub));

  return {
    async assertUnused(pool, user, password) {
      const size = sizeOf(pool);
      if (size === 0) return;
      const earlier = await db
        .select({ passwordHash: passwordHistory.passwordHash })
        .from(passwordHistory)
        .where(isOf(user))
        .orderBy(desc(passwordHistory.id))
        .limit(size - 1);
      // One after the other: each takes 19 MiB and a core, and mostly the first that matches is the present one.
      for (const { passwordHash } of [user, ...earlier]) {
        if (await passwordMatches(password, passwordHash)) throw passwordHistoryViolated();
      }
    },

    async keep(pool, user) {
      const size = sizeOf(pool);
      if (size < 2) return;
      const { poolId, sub, passwordHash } = user;
      await db.insert(passwordHistory).values({ poolId, sub, passwordHash });
      const [oldest] = await db
        .select({ id: passwordHistory.id })
        .from(passwordHistory)
        .where(isOf(user))
        .orderBy(desc(passwordHistory.id))
        .offset(size - 1)
        .limit(1);
      if (oldest) await db.delete(passwordHistory).where(and(isOf(user), lte(passwordHistory.id, oldest.id)));
    },
  };
}

const sizeOf = ({ settings }: UserPool): number => settings.Policies.PasswordPolicy.PasswordHistorySize ?? 0;
