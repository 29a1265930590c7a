import { builtFolder } from '../../package-files.js';
import type { Logger } from '../logger.js';
import type { Database } from './database.js';
import { openFolderDatabase, openMemoryDatabase } from './pglite.js';
import { openPostgresDatabase } from './postgresql.js';

/** Where the data is: a PostgreSQL server, a folder of this process's own, or nowhere once it is closed. */
export type DatabaseLocation = { url: string } | { folder: string } | { memory: true };

export interface OpenDatabaseOptions {
  logger: Logger;
  /** Where a template of PGlite's data directory may lie; where the build leaves it, when left out. */
  templateFolder?: string;
}

/**
 * Opens the database and brings it to the newest of the committed migrations.
 *
 * @throws FolderInUseError when another process has the folder open
 * @throws Error when the server does not answer in time, or a migration fails; the message holds no password
 */
export function openDatabase(
  location: DatabaseLocation,
  { logger, templateFolder = builtFolder }: OpenDatabaseOptions,
): Promise<Database> {
  if ('url' in location) return openPostgresDatabase(location.url, { logger });
  if ('folder' in location) return openFolderDatabase(location.folder, { logger, templateFolder });
  return openMemoryDatabase({ templateFolder });
}
