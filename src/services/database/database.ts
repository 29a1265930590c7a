import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

import type * as schema from './schema/index.js';

/**
 * The query builder, the same on PGlite and on a PostgreSQL server.
 *
 * Inside of `db.transaction((tx) => …)` use `tx` alone: PGlite has one connection, so a query on `db` would wait for
 * the transaction, and the transaction for the query. What the drivers answer to a bare `execute` differs, so it is
 * typed as unknown; read rows through the builder and count changed ones through `.returning()`.
 */
export type Db = PgDatabase<PgQueryResultHKT, typeof schema>;

/** An open, migrated database. */
export interface Database {
  readonly db: Db;
  /** `pglite`: this process owns the data alone. `postgresql`: other instances may share it. */
  readonly kind: 'pglite' | 'postgresql';
  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  /** Waits for what is under way, then lets go. Safe to call more than once. */
  close(): Promise<void>;
}

/** Makes the second call of `close` wait for the first instead of closing again. */
export function closeOnce(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => (closing ??= close());
}
