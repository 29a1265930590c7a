import pino from 'pino';
import { afterAll, beforeAll } from 'vitest';

import { openDatabase } from '../../src/services/database/open-database.js';
import { createTestPostgres, type TestPostgres } from '../support/postgres.js';
import { databaseConformance } from './database.suite.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await createTestPostgres();
});
afterAll(() => postgres.drop());

databaseConformance('PostgreSQL', () =>
  openDatabase({ url: postgres.url }, { logger: pino({ level: 'silent' }) }),
);
