import { asc, eq, gt } from 'drizzle-orm';

import type { Db } from '../../services/database/database.js';
import { userPools } from '../../services/database/schema/embedded-cognito.js';
import { resourceNotFound } from './exceptions.js';
import { poolSettingsSchema, type UserPool } from './pool-settings.js';

export interface PoolStore {
  /** @throws ResourceNotFoundException */
  get(poolId: string): Promise<UserPool>;
  find(poolId: string): Promise<UserPool | undefined>;
  /** By id, from the one after `after`. */
  list(limit: number, after?: string): Promise<UserPool[]>;
  create(pool: UserPool): Promise<void>;
}

/** Pools are remembered once read: no operation changes or deletes one. */
export function createPoolStore(db: Db): PoolStore {
  const known = new Map<string, UserPool>();

  const fromRow = (row: typeof userPools.$inferSelect): UserPool => ({
    ...row,
    settings: poolSettingsSchema.parse(row.settings),
  });

  const find = async (poolId: string) => {
    const remembered = known.get(poolId);
    if (remembered) return remembered;
    const [row] = await db.select().from(userPools).where(eq(userPools.id, poolId));
    if (!row) return undefined;
    const pool = fromRow(row);
    known.set(poolId, pool);
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
  };
}
