import { and, eq, gt, isNull, max } from 'drizzle-orm';

import type { Clock } from '../../services/clock.js';
import { constantRow } from '../../services/database/constant-row.js';
import type { Db } from '../../services/database/database.js';
import { refreshFamilies, refreshTokens, users } from '../../services/database/schema/embedded-cognito.js';
import type { Randomness } from '../../services/randomness.js';
import { tokenValidity, type AppClient } from './client-settings.js';
import { digest } from './digests.js';
import { incorrectCredentials } from './exceptions.js';
import type { Expiry } from './expiry.js';
import { newOpaqueToken } from './identifiers.js';
import type { User } from './user-store.js';

/** One sign-in, from which its refresh tokens and, by `origin_jti`, all its other tokens descend. */
export type RefreshFamily = typeof refreshFamilies.$inferSelect;

/** A sign-in that lives, and when it was last refreshed. */
export interface ActiveFamily {
  readonly family: RefreshFamily;
  readonly lastActiveAt: Date;
}

export interface RefreshFamilyStore {
  /**
   * A sign-in that begins now.
   * @throws NotAuthorizedException where the user was disabled, deleted or given another password meanwhile
   */
  start(user: User, client: AppClient): Promise<{ family: RefreshFamily; refreshToken: string }>;
  find(familyId: string): Promise<RefreshFamily | undefined>;
  findByToken(refreshToken: string): Promise<RefreshFamily | undefined>;
  /**
   * Gives a new token for one that is in its first use or in its grace. Otherwise somebody has a copy: the whole family
   * is revoked, and there is no new token.
   */
  rotate(refreshToken: string, graceSeconds: number): Promise<string | undefined>;
  /** Those of a user that are neither revoked nor over. */
  listActive(user: Pick<User, 'poolId' | 'sub'>): Promise<ActiveFamily[]>;
  revoke(familyId: string): Promise<void>;
  revokeAll(user: Pick<User, 'poolId' | 'sub'>): Promise<void>;
}

export function createRefreshFamilyStore({
  db,
  clock,
  randomness,
  expiry,
}: {
  db: Db;
  clock: Clock;
  randomness: Randomness;
  expiry: Expiry;
}): RefreshFamilyStore {
  const addToken = async (tx: Db, familyId: string) => {
    const token = newOpaqueToken(randomness);
    await tx.insert(refreshTokens).values({ digest: digest(token), familyId, issuedAt: clock.now() });
    return token;
  };

  const revoke = async (tx: Db, familyId: string) => {
    await tx
      .update(refreshFamilies)
      .set({ revokedAt: clock.now() })
      .where(and(eq(refreshFamilies.id, familyId), isNull(refreshFamilies.revokedAt)));
  };

  const findToken = async (tx: Db, refreshToken: string) => {
    const [row] = await tx
      .select()
      .from(refreshTokens)
      .where(eq(refreshTokens.digest, digest(refreshToken)));
    return row;
  };

  const inGrace = (rotatedAt: Date, graceSeconds: number) =>
    clock.now().getTime() - rotatedAt.getTime() < graceSeconds * 1000;

  return {
    async start(user, client) {
      await expiry.sweep();
      const now = clock.now();
      const family = {
        id: randomness.uuid(),
        poolId: user.poolId,
        sub: user.sub,
        clientId: client.id,
        authenticatedAt: now,
        expiresAt: new Date(now.getTime() + tokenValidity(client.settings).refreshToken * 1000),
        revokedAt: null,
      };
      const refreshToken = newOpaqueToken(randomness);
      const token = { digest: digest(refreshToken), familyId: family.id, issuedAt: now };
      // The lock makes who disables the user or replaces the password wait for this sign-in to be there, and then end it
      // with the others.
      const person = db.$with('person').as(
        db
          .select({ sub: users.sub })
          .from(users)
          .where(
            and(
              eq(users.poolId, user.poolId),
              eq(users.sub, user.sub),
              eq(users.passwordHash, user.passwordHash),
              users.enabled,
            ),
          )
          .for('share'),
      );
      const begun = db.$with('begun').as(
        db
          .insert(refreshFamilies)
          .select(db.select(constantRow(refreshFamilies, family)).from(person))
          .returning({ id: refreshFamilies.id }),
      );
      const [added] = await db
        .with(person, begun)
        .insert(refreshTokens)
        .select(db.select(constantRow(refreshTokens, token)).from(begun))
        .returning({ digest: refreshTokens.digest });
      if (!added) throw incorrectCredentials();
      return { family, refreshToken };
    },

    async find(familyId) {
      const [family] = await db.select().from(refreshFamilies).where(eq(refreshFamilies.id, familyId));
      return family;
    },

    async findByToken(refreshToken) {
      const [found] = await db
        .select({ family: refreshFamilies })
        .from(refreshTokens)
        .innerJoin(refreshFamilies, eq(refreshFamilies.id, refreshTokens.familyId))
        .where(eq(refreshTokens.digest, digest(refreshToken)));
      return found?.family;
    },

    rotate: (refreshToken, graceSeconds) =>
      db.transaction(async (tx) => {
        // One conditional update, so that of two who come at once exactly one is first.
        const [first] = await tx
          .update(refreshTokens)
          .set({ rotatedAt: clock.now() })
          .where(and(eq(refreshTokens.digest, digest(refreshToken)), isNull(refreshTokens.rotatedAt)))
          .returning();
        const token = first ?? (await findToken(tx, refreshToken));
        if (!token) return undefined;
        if (first || (token.rotatedAt && inGrace(token.rotatedAt, graceSeconds))) {
          return addToken(tx, token.familyId);
        }
        await revoke(tx, token.familyId);
        return undefined;
      }),

    async listActive({ poolId, sub }) {
      const rows = await db
        .select({ family: refreshFamilies, lastActiveAt: max(refreshTokens.issuedAt) })
        .from(refreshFamilies)
        .leftJoin(refreshTokens, eq(refreshTokens.familyId, refreshFamilies.id))
        .where(
          and(
            eq(refreshFamilies.poolId, poolId),
            eq(refreshFamilies.sub, sub),
            isNull(refreshFamilies.revokedAt),
            gt(refreshFamilies.expiresAt, clock.now()),
          ),
        )
        .groupBy(refreshFamilies.id);
      return rows.map(({ family, lastActiveAt }) => ({
        family,
        lastActiveAt: lastActiveAt ?? family.authenticatedAt,
      }));
    },

    revoke: (familyId) => revoke(db, familyId),

    async revokeAll({ poolId, sub }) {
      await db
        .update(refreshFamilies)
        .set({ revokedAt: clock.now() })
        .where(
          and(
            eq(refreshFamilies.poolId, poolId),
            eq(refreshFamilies.sub, sub),
            isNull(refreshFamilies.revokedAt),
          ),
        );
    },
  };
}
