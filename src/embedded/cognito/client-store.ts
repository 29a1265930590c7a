import { and, asc, eq, gt } from 'drizzle-orm';

import type { Clock } from '../../services/clock.js';
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
  /** Replaces all of it but the id. */
  update(client: AppClient): Promise<void>;
}

/** For how long a client that was read is taken to be as it was, in milliseconds: another instance may change it. */
const FRESH = 5_000;

/** Clients are remembered for a while once read: every operation needs one, and hardly any changes it. */
export function createClientStore({ db, clock }: { db: Db; clock: Clock }): ClientStore {
  const known = new Map<string, { client: AppClient; readAt: number }>();

  const fromRow = (row: typeof appClients.$inferSelect): AppClient => ({
    ...row,
    settings: clientSettingsSchema.parse(row.settings),
  });

  const find = async (clientId: string) => {
    const remembered = known.get(clientId);
    const readAt = clock.now().getTime();
    if (remembered && readAt - remembered.readAt < FRESH) return remembered.client;
    const [row] = await db.select().from(appClients).where(eq(appClients.id, clientId));
    if (!row) return undefined;
    const client = fromRow(row);
    known.set(clientId, { client, readAt });
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

    async update(client) {
      await db.update(appClients).set(client).where(eq(appClients.id, client.id));
      known.delete(client.id);
    },
  };
}
