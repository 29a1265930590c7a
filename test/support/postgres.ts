import { randomUUID } from 'node:crypto';

import pg from 'pg';

import { sharedThing } from './shared-thing.js';

export interface TestPostgres {
  /** Address of a database of the test file's own. */
  readonly url: string;
  /** Ends every connection to it and removes it. */
  drop(): Promise<void>;
}

/** Makes an empty database on a real PostgreSQL, migrated unless told otherwise. */
export async function createTestPostgres({ isMigrated = true } = {}): Promise<TestPostgres> {
  const server = new URL(await sharedThing('postgresql'));
  const migrated = server.hash.slice(1);
  server.hash = '';
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await administer(server.href, `CREATE DATABASE ${name} TEMPLATE ${isMigrated ? migrated : 'template0'}`);

  const url = new URL(server);
  url.pathname = name;
  return {
    url: url.href,
    drop: () => administer(server.href, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Runs one statement in the database at `server`. */
export async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
