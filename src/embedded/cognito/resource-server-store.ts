import { and, asc, eq, gt } from 'drizzle-orm';

import type { Db } from '../../services/database/database.js';
import { resourceServers } from '../../services/database/schema/embedded-cognito.js';

export type ResourceServer = typeof resourceServers.$inferSelect;

export interface ResourceServerStore {
  find(poolId: string, identifier: string): Promise<ResourceServer | undefined>;
  /** By identifier, from the one after `after`. */
  list(poolId: string, limit: number, after?: string): Promise<ResourceServer[]>;
  /** @returns false where the pool has one of this identifier */
  create(server: ResourceServer): Promise<boolean>;
}

export const createResourceServerStore = (db: Db): ResourceServerStore => ({
  async find(poolId, identifier) {
    const [server] = await db
      .select()
      .from(resourceServers)
      .where(and(eq(resourceServers.poolId, poolId), eq(resourceServers.identifier, identifier)));
    return server;
  },

  list: (poolId, limit, after) =>
    db
      .select()
      .from(resourceServers)
      .where(
        and(
          eq(resourceServers.poolId, poolId),
          after === undefined ? undefined : gt(resourceServers.identifier, after),
        ),
      )
      .orderBy(asc(resourceServers.identifier))
      .limit(limit),

  async create(server) {
    const made = await db.insert(resourceServers).values(server).onConflictDoNothing().returning();
    return made.length > 0;
  },
});
