import { eq } from 'drizzle-orm';

import type { Db } from '../database/database.js';
import { people } from '../database/schema/identity.js';
import type { UserType } from './user-store.js';

/** Remembers which pool a person lives in, which their id does not say. A person never moves. */
export interface PoolDirectory {
  poolOf(id: string): Promise<UserType | undefined>;
  /** Notes people who were seen in a pool. */
  note(userType: UserType, ids: readonly string[]): Promise<void>;
}

/** How many people one process keeps in memory; the database knows them all. */
const MAX_IN_MEMORY = 10_000;

export function createPoolDirectory(db: Db): PoolDirectory {
  const known = new Map<string, UserType>();
  const remember = (id: string, userType: UserType) => {
    if (known.size >= MAX_IN_MEMORY) known.clear();
    known.set(id, userType);
  };

  return {
    async poolOf(id) {
      const remembered = known.get(id);
      if (remembered) return remembered;
      const [row] = await db.select().from(people).where(eq(people.id, id));
      if (row) remember(id, row.userType);
      return row?.userType;
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
