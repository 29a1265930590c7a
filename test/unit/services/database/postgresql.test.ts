import { sql } from 'drizzle-orm';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import pg from 'pg';
import pino from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { migrationsFolder } from '../../../../src/package-files.js';
import { openDatabase } from '../../../../src/services/database/open-database.js';
import { isDatabaseOutage } from '../../../../src/services/database/query-errors.js';
import { freePort } from '../../../support/programs.js';
import { administer, createTestPostgres, type TestPostgres } from '../../../support/postgres.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await createTestPostgres({ isMigrated: false });
});
afterAll(() => postgres.drop());

const silent = pino({ level: 'silent' });

test('instances that start together on an empty database migrate it once', async () => {
  const open = () => openDatabase({ url: postgres.url }, { logger: silent });
  const instances = await Promise.all([open(), open(), open(), open()]);
  for (const instance of instances) await instance.ping();
  await Promise.all(instances.map((instance) => instance.close()));

  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const { rows } = await client.query('SELECT hash FROM drizzle.__drizzle_migrations ORDER BY id');
  await client.end();
  expect(rows).toEqual(readMigrationFiles({ migrationsFolder }).map(({ hash }) => ({ hash })));
});

test('a lost connection is logged, replaced, and ends nothing', async () => {
  let noteLoss = () => {};
  const loss = new Promise<void>((resolve) => (noteLoss = resolve));
  const logger = pino({ level: 'warn' }, { write: () => noteLoss() });
  const database = await openDatabase({ url: postgres.url }, { logger });
  await database.ping();

  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'portcullis' AND datname = current_database()`,
  );
  await client.end();

  await loss;
  await expect(database.ping()).resolves.toBeUndefined();
  await database.close();
});

test('a connection lost in the middle of a transaction fails it, and ends nothing', async () => {
  const database = await openDatabase({ url: postgres.url }, { logger: silent });
  const failure: unknown = await database.db
    .transaction(async (transaction) => {
      const [backend] = await transaction
        .select({ pid: sql<number>`pid` })
        .from(sql`(SELECT pg_backend_pid() AS pid) AS backend`);
      await administer(postgres.url, `SELECT pg_terminate_backend(${backend?.pid}, 5000)`);
      await transaction.execute(sql`SELECT 1`);
    })
    .catch((error: unknown) => error);
  expect(isDatabaseOutage(failure)).toBe(true);
  await expect(database.ping()).resolves.toBeUndefined();
  await database.close();
});

test('a server that is not there is an error without the password', async () => {
  const url = `postgresql://someone:swordfish@127.0.0.1:${await freePort()}/nowhere`;
  const error = (await openDatabase({ url }, { logger: silent }).catch((reason: unknown) => reason)) as Error;
  expect(error.message).toMatch(/^The database at 127\.0\.0\.1:\d+ cannot be opened: /);
  expect(`${error.stack} ${JSON.stringify(error)}`).not.toContain('swordfish');
});
