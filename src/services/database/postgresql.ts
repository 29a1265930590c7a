import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

import type { Logger } from '../logger.js';
import { closeOnce, type Database } from './database.js';
import { hiddenParameters } from './hidden-parameters.js';
import { migrationsFolder } from '../../package-files.js';
import * as schema from './schema/index.js';

/** Every query here reads or writes a few rows by key: one that takes seconds is stuck, and its caller is gone. */
const POOL: pg.PoolConfig = {
  max: 10,
  connectionTimeoutMillis: 5_000,
  idleTimeoutMillis: 30_000,
  statement_timeout: 8_000,
  // Longer than one statement may take: provisioning holds a lock in one transaction while it works in others.
  idle_in_transaction_session_timeout: 60_000,
  // The server's own timeout cannot end a query whose answer the network has lost.
  query_timeout: 10_000,
  keepAlive: true,
  application_name: 'portcullis',
};

/** How long to wait for another instance's migration, in milliseconds. */
const MIGRATION_WAIT = 60_000;

/** Any constant will do, so long as every instance uses the same one: these are the bytes of "port". */
const MIGRATION_LOCK = 0x706f7274;

/**
 * Opens a pool of connections to the server at `url`, after migrating it.
 *
 * @throws Error when the server does not answer in 5 s, refuses, or a migration fails
 */
export async function openPostgresDatabase(url: string, { logger }: { logger: Logger }): Promise<Database> {
  await migrateAlone(url);

  const pool = new pg.Pool({ connectionString: url, ...POOL });
  // With no listener each of these ends the process. The pool speaks for idle connections only, which it replaces.
  pool.on('error', (error) => logger.warn({ err: error }, 'An idle connection to the database was lost.'));
  // One that is lost between two statements of a transaction fails the next of them, which is how its user hears of it.
  pool.on('connect', ignoreLoss);

  return {
    db: drizzle(pool, { schema, logger: hiddenParameters }),
    kind: 'postgresql',
    ping: async () => {
      await pool.query('SELECT 1');
    },
    close: closeOnce(() => pool.end()),
  };
}

/** Migrates under an advisory lock, so that of several instances that start together one migrates and the others wait. */
async function migrateAlone(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: POOL.connectionTimeoutMillis,
    lock_timeout: MIGRATION_WAIT,
    application_name: 'portcullis migration',
  });
  ignoreLoss(client);
  try {
    await client.connect();
    const db = drizzle(client, { logger: hiddenParameters });
    // Held by the connection, and so let go when it closes, however that comes about.
    await db.execute(sql`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
    await migrate(db, { migrationsFolder });
  } catch (error) {
    throw new Error(`The database at ${client.host}:${client.port} cannot be opened: ${reasonOf(error)}`, {
      cause: error,
    });
  } finally {
    await client.end();
  }
}

function ignoreLoss(client: pg.ClientBase): void {
  client.on('error', () => undefined);
}

/** drizzle's own message is the statement; what the server said is its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? reasonOf(error.cause) : error.message;
}
