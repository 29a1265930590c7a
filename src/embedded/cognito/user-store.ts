import { and, asc, eq, gt, inArray, notInArray, type SQL } from 'drizzle-orm';

import type { Db } from '../../services/database/database.js';
import { codes, signInNames, users } from '../../services/database/schema/embedded-cognito.js';
import { applyChanges, type Attributes } from './attributes.js';
import { userNotFound } from './exceptions.js';
import { looksLikeSub } from './identifiers.js';
import { normaliseName, type UserPool } from './pool-settings.js';
import { signInNamesOf } from './sign-in-names.js';

export type User = typeof users.$inferSelect;
export type UserStatus = User['status'];
/** A second factor, as the wire names it. */
export type MfaMethod = User['mfaMethods'][number];

/** What may change in a user. */
export type UserChanges = Partial<
  Pick<
    User,
    'status' | 'enabled' | 'passwordHash' | 'temporaryPasswordExpiresAt' | 'mfaMethods' | 'preferredMfa'
  >
>;

export interface UserStore {
  /** By any name the user has in the pool: the `sub`, the username, an email address where people sign in with it. */
  find(pool: UserPool, name: string): Promise<User | undefined>;
  /** The same. @throws UserNotFoundException */
  get(pool: UserPool, name: string): Promise<User>;
  /** By `sub`, from the one after `after`. */
  list(
    pool: UserPool,
    options: { limit: number; where?: SQL | undefined; after?: string | undefined },
  ): Promise<User[]>;
  /** Whether it was done: not, when one of the user's names is taken. */
  create(pool: UserPool, user: User): Promise<boolean>;
  update(user: User, changes: UserChanges, at: Date): Promise<void>;
  /**
   * Changes attributes by the rules of `applyChanges`, and what is given besides.
   * @returns the user as changed; nothing, and nothing is done, when a name is taken
   * @throws UserNotFoundException where somebody deleted the user meanwhile
   */
  updateAttributes(
    pool: UserPool,
    user: User,
    attributes: Attributes,
    at: Date,
    changes?: UserChanges,
  ): Promise<User | undefined>;
  delete(user: User): Promise<void>;
}

const isUser = ({ poolId, sub }: Pick<User, 'poolId' | 'sub'>) =>
  and(eq(users.poolId, poolId), eq(users.sub, sub));

export function createUserStore(db: Db): UserStore {
  const findBySub = async (poolId: string, sub: string) => {
    const [user] = await db.select().from(users).where(isUser({ poolId, sub }));
    return user;
  };

  const findByName = async (poolId: string, name: string) => {
    const [found] = await db
      .select({ user: users })
      .from(signInNames)
      .innerJoin(users, and(eq(users.poolId, signInNames.poolId), eq(users.sub, signInNames.sub)))
      .where(and(eq(signInNames.poolId, poolId), eq(signInNames.name, name)));
    return found?.user;
  };

  const find = async (pool: UserPool, name: string) => {
    const bySub = looksLikeSub(name) ? await findBySub(pool.id, name) : undefined;
    return bySub ?? findByName(pool.id, normaliseName(pool, name));
  };

  return {
    find,

    async get(pool, name) {
      const user = await find(pool, name);
      if (!user) throw userNotFound();
      return user;
    },

    list: (pool, { limit, where, after }) =>
      db
        .select()
        .from(users)
        .where(and(eq(users.poolId, pool.id), where, after === undefined ? undefined : gt(users.sub, after)))
        .orderBy(asc(users.sub))
        .limit(limit),

    async create(pool, user) {
      const created = await unlessNameTaken(db, async (tx) => {
        await tx.insert(users).values(user);
        await claimNames(tx, pool, user);
        return user;
      });
      return created !== undefined;
    },

    async update(user, changes, at) {
      await db
        .update(users)
        .set({ ...changes, updatedAt: at })
        .where(isUser(user));
    },

    updateAttributes: (pool, user, attributes, at, changes = {}) =>
      unlessNameTaken(db, async (tx) => {
        // Locked, so that of two changes at once neither undoes the other.
        const [current] = await tx.select().from(users).where(isUser(user)).for('update');
        if (!current) throw userNotFound();
        const changed = {
          ...changes,
          attributes: applyChanges(current.attributes, attributes),
          updatedAt: at,
        };
        await tx.update(users).set(changed).where(isUser(user));
        const updated = { ...current, ...changed };
        await claimNames(tx, pool, updated);
        return updated;
      }),

    async delete(user) {
      await db.transaction(async (tx) => {
        await tx.delete(users).where(isUser(user));
        await tx.delete(codes).where(and(eq(codes.poolId, user.poolId), eq(codes.sub, user.sub)));
      });
    },
  };
}

/** Ends a transaction whose user wants a name that another has. */
class NameTaken extends Error {}

async function unlessNameTaken<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T | undefined> {
  try {
    return await db.transaction(work);
  } catch (error) {
    if (error instanceof NameTaken) return undefined;
    throw error;
  }
}

/** Gives the user exactly the names that follow from the attributes. */
async function claimNames(tx: Db, pool: UserPool, user: User): Promise<void> {
  const names = signInNamesOf(pool, user);
  const ofUser = and(eq(signInNames.poolId, user.poolId), eq(signInNames.sub, user.sub));
  await tx
    .delete(signInNames)
    .where(names.length > 0 ? and(ofUser, notInArray(signInNames.name, names)) : ofUser);
  if (names.length === 0) return;
  const rows = names.map((name) => ({ poolId: user.poolId, name, sub: user.sub }));
  await tx.insert(signInNames).values(rows).onConflictDoNothing();
  const owned = await tx
    .select({ name: signInNames.name })
    .from(signInNames)
    .where(and(ofUser, inArray(signInNames.name, names)));
  if (owned.length < names.length) throw new NameTaken();
}
