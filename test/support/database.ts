import type { Database } from '../../src/services/database/database.js';
import { openMemoryDatabase } from '../../src/services/database/pglite.js';
import { lendPglite } from './lent-pglite.js';
import { sharedThing } from './shared-thing.js';

/**
 * Opens a migrated, empty database in memory. The first of a process takes a second, and each that is open at the same time
 * 300 MB: open one in `beforeAll` of a test file, close it in `afterAll`, and let the tests keep apart by their keys.
 */
export async function openTestDatabase(): Promise<Database> {
  return openMemoryDatabase({ templateFolder: await sharedThing('template'), create: lendPglite });
}
