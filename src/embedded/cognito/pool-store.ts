import { asc, eq, gt } from 'drizzle-orm';

import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import { userPools } from '../../services/database/schema/embedded-cognito.js';
import { resourceNotFound } from './exceptions.js';
import { keptPoolSettingsSchema, type UserPool } from './pool-settings.js';

export interface PoolStore {
  /** @throws ResourceNotFoundException */
  get(poolId: string): Promise<UserPool>;
  find(poolId: string): Promise<UserPool | undefined>;
  /** By id, from the one after `after`. */
  list(limit: number, after?: string): Promise<UserPool[]>;
  create(pool: UserPool): Promise<void>;
  /** Replaces all of it but the id. */
  update(pool: UserPool): Promise<void>;
}

/** For how long a pool that was read is taken to be as it was, in milliseconds: another instance may change it. */
const FRESH = 5_000;

/** Pools are remembered for a while once read: every operation needs one, and hardly any changes it. */
export function createPoolStore({ db, clock }: { db: Db; clock: Clock }): PoolStore {
  const known = new Map<string, { pool: UserPool; readAt: number }>();

  const fromRow = (row: typeof userPools.$inferSelect): UserPool => ({
    ...row,
    settings: keptPoolSettingsSchema.parse(row.settings),
  });

  const find = async (poolId: string) => {
    const remembered = known.get(poolId);
    const readAt = clock.now().getTime();
    if (remembered && readAt - remembered.readAt < FRESH) return remembered.pool;
    const [row] = await db.select().from(userPools).where(eq(userPools.id, poolId));
    if (!row) return undefined;
    const pool = fromRow(row);
    known.set(poolId, { pool, readAt });
    return pool;
  };

  return {
    find,

    async get(poolId) {
      const pool = await find(poolId);
      if (!pool) throw resourceNotFound(`User pool ${poolId} does not exist.`);
      return pool;
    },

    async list(limit, after) {
      const rows = await db
        .select()
        .from(userPools)
        .where(after === undefined ? undefined : gt(userPools.id, after))
        .orderBy(asc(userPools.id))
        .limit(limit);
      return rows.map(fromRow);
    },

    async create(pool) {
      await db.insert(userPools).values(pool);
    },

    async update(pool) {
      await db.update(userPools).set(pool).where(eq(userPools.id, pool.id));
      known.delete(pool.id);
    },
  };
}
