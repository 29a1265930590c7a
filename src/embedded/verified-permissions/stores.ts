import { eq, sql } from 'drizzle-orm';

import { policyStores } from '../../services/database/schema/embedded-verified-permissions.js';
import type { Queries } from './context.js';
import { notFound } from './exceptions.js';
import { policyStoreArn } from './identifiers.js';

export type StoreRow = typeof policyStores.$inferSelect;

/** @throws AwsServiceError ResourceNotFoundException */
export async function findStore(db: Queries, id: string): Promise<StoreRow> {
  const [store] = await db.select().from(policyStores).where(eq(policyStores.id, id));
  if (store === undefined) throw notFound('POLICY_STORE', id);
  return store;
}

/**
 * The store, which nobody else changes until the transaction ends.
 * @throws AwsServiceError ResourceNotFoundException
 */
export async function lockStore(tx: Queries, id: string): Promise<StoreRow> {
  const [store] = await tx.select().from(policyStores).where(eq(policyStores.id, id)).for('update');
  if (store === undefined) throw notFound('POLICY_STORE', id);
  return store;
}

/** Writes a change of the store, or of what is in it, in such a way that compiled stores notice. */
export async function changeStore(
  tx: Queries,
  id: string,
  change: Partial<Omit<typeof policyStores.$inferInsert, 'id' | 'revision'>> = {},
): Promise<void> {
  await tx
    .update(policyStores)
    .set({ ...change, revision: sql`${policyStores.revision} + 1` })
    .where(eq(policyStores.id, id));
}

/** The members that every answer about a store has. */
export const storeSummary = ({
  id,
  createdAt,
  updatedAt,
}: Pick<StoreRow, 'id' | 'createdAt' | 'updatedAt'>) => ({
  policyStoreId: id,
  arn: policyStoreArn(id),
  createdDate: createdAt,
  lastUpdatedDate: updatedAt,
});
