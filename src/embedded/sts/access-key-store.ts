import { eq } from 'drizzle-orm';

import type { Db } from '../../services/database/database.js';
import { accessKeys } from '../../services/database/schema/embedded-sts.js';

export type AccessKey = typeof accessKeys.$inferSelect;

export interface AccessKeyStore {
  find(id: string): Promise<AccessKey | undefined>;
  /** Those of one user or role. */
  listOf(arn: string): Promise<AccessKey[]>;
  create(key: AccessKey): Promise<void>;
}

export const createAccessKeyStore = (db: Db): AccessKeyStore => ({
  async find(id) {
    const [key] = await db.select().from(accessKeys).where(eq(accessKeys.id, id));
    return key;
  },

  listOf: (arn) => db.select().from(accessKeys).where(eq(accessKeys.arn, arn)),

  async create(key) {
    await db.insert(accessKeys).values(key);
  },
});
