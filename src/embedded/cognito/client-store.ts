import { and, asc, eq, gt } from 'drizzle-orm';

import type { Db } from '../../services/database/database.js';
import { appClients } from '../../services/database/schema/embedded-cognito.js';
import { clientSettingsSchema, type AppClient } from './client-settings.js';
import { resourceNotFound } from './exceptions.js';

export interface ClientStore {
  /** @throws ResourceNotFoundException also where the client belongs to another pool than the one named */
  get(clientId: string, poolId?: string): Promise<AppClient>;
  /** By id, from the one after `after`. */
  list(poolId: string, limit: number, after?: string): Promise<AppClient[]>;
  create(client: AppClient): Promise<void>;
}

/** Clients are remembered once read: no operation changes or deletes one. */
export function createClientStore(db: Db): ClientStore {
  const known = new Map<string, AppClient>();

  const fromRow = (row: typeof appClients.$inferSelect): AppClient => ({
    ...row,
    settings: clientSettingsSchema.parse(row.settings),
  });

  const find = async (clientId: string) => {
    const remembered = known.get(clientId);
    if (remembered) return remembered;
    const [row] = await db.select().from(appClients).where(eq(appClients.id, clientId));
    if (!row) return undefined;
    const client = fromRow(row);
    known.set(clientId, client);
    return client;
  };

  return {
    async get(clientId, poolId) {
      const client = await find(clientId);
      if (!client || (poolId !== undefined && client.poolId !== poolId)) {
        throw resourceNotFound(`User pool client ${clientId} does not exist.`);
      }
      return client;
    },

    async list(poolId, limit, after) {
      const rows = await db
        .select()
        .from(appClients)
        .where(and(eq(appClients.poolId, poolId), after === undefined ? undefined : gt(appClients.id, after)))
        .orderBy(asc(appClients.id))
        .limit(limit);
      return rows.map(fromRow);
    },

    async create(client) {
      await db.insert(appClients).values(client);
    },
  };
}
