import { inArray } from 'drizzle-orm';

import type { Db } from '../database/database.js';
import { people } from '../database/schema/identity.js';
import type { UserType } from './user-store.js';

/** Remembers which pool a person lives in, which their id does not say. A person never moves. */
export interface PoolDirectory {
  /** The pools of those who were seen in one, by id; what memory does not know is one query. */
  poolsOf(ids: readonly string[]): Promise<ReadonlyMap<string, UserType>>;
  /** Notes people who were seen in a pool. */
  note(userType: UserType, ids: readonly string[]): Promise<void>;
}

/** How many people one process keeps in memory; the database knows them all. */
const MAX_IN_MEMORY = 10_000;
const SUB = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Could this be a person's id? They are shaped like UUIDs; those of real pools are not always valid ones. */
export const isSub = (id: string): boolean => SUB.test(id);

export function createPoolDirectory(db: Db): PoolDirectory {
  const known = new Map<string, UserType>();
  const remember = (id: string, userType: UserType) => {
    if (known.size >= MAX_IN_MEMORY) known.clear();
    known.set(id, userType);
  };

  return {
    async poolsOf(ids) {
      const pools = new Map<string, UserType>();
      const unknown: string[] = [];
      for (const id of ids) {
        const remembered = known.get(id);
        if (remembered) pools.set(id, remembered);
        else if (isSub(id)) unknown.push(id);
      }
      if (unknown.length === 0) return pools;
      const rows = await db.select().from(people).where(inArray(people.id, unknown));
      for (const { id, userType } of rows) {
        remember(id, userType);
        pools.set(id, userType);
      }
      return pools;
    },

    async note(userType, ids) {
      const unknown = ids.filter((id) => !known.has(id));
      if (unknown.length === 0) return;
      await db
        .insert(people)
        .values(unknown.map((id) => ({ id, userType })))
        .onConflictDoNothing();
      for (const id of unknown) remember(id, userType);
    },
  };
}
