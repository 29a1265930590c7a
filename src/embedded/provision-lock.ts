import { sql } from 'drizzle-orm';

import type { Database } from '../services/database/database.js';

/** Any number does, so long as nobody else locks it. */
const LOCK = 7_305_112_206;

/**
 * Does the work while no other instance on this database does: two that start at once would otherwise both find
 * nothing and both make everything. The lock dies with its connection, so a crash leaves none behind.
 */
export async function withProvisioningLock<T>({ db, kind }: Database, work: () => Promise<T>): Promise<T> {
  // A PGlite folder is open in one process at a time, and has but one connection, which the work needs.
  if (kind === 'pglite') return work();
  return db.transaction(async (transaction) => {
    await transaction.execute(sql`select pg_advisory_xact_lock(${LOCK})`);
    return work();
  });
}
