import pino from 'pino';

import type { Database } from '../../src/services/database/database.js';
import { openDatabase } from '../../src/services/database/open-database.js';
import { sharedThing } from './shared-thing.js';

/**
 * Opens a migrated, empty database in memory. It takes a second and 300 MB: open one in `beforeAll` of a test file,
 * close it in `afterAll`, and let the tests keep apart by their keys.
 */
export async function openTestDatabase(): Promise<Database> {
  return openDatabase(
    { memory: true },
    { logger: pino({ level: 'silent' }), templateFolder: await sharedThing('template') },
  );
}
