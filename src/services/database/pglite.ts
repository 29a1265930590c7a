import { access, chmod, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

import type { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';

import type { Logger } from '../logger.js';
import { createPglite } from './create-pglite.js';
import { closeOnce, type Database } from './database.js';
import { lockFolder } from './folder-lock.js';
import { hiddenParameters } from './hidden-parameters.js';
import { makeFolder } from './make-folder.js';
import { migrationsFolder } from '../../package-files.js';
import { PreparedPGlite } from './prepared-pglite.js';
import * as schema from './schema/index.js';
import { copyTemplate, findTemplate, readTemplate } from './template.js';

export interface PgliteOptions {
  logger: Logger;
  /** Where a template of the data directory may lie. */
  templateFolder: string;
}

export interface MemoryOptions extends Pick<PgliteOptions, 'templateFolder'> {
  /** Makes a PGlite with an empty database in it; a new one when left out. */
  create?: typeof createPglite;
}

/** Opens a PGlite that is gone when it is closed. */
export async function openMemoryDatabase({
  templateFolder,
  create = createPglite,
}: MemoryOptions): Promise<Database> {
  const template = await findTemplate(templateFolder);
  const client = await create(template === null ? {} : { loadDataDir: await readTemplate(template) });
  return migrated(client, () => client.close());
}

/**
 * Opens the PGlite that lives in `folder`, and makes it at first start. `folder` is this process's alone until it is
 * closed; its `data` is a whole data directory or absent, whenever the process may be killed.
 *
 * @throws FolderInUseError when another process has it open
 */
export async function openFolderDatabase(folder: string, options: PgliteOptions): Promise<Database> {
  await makeFolder(folder);
  await chmod(folder, 0o700);
  const unlock = lockFolder(folder);
  try {
    const data = join(folder, 'data');
    if (!(await exists(data))) await makeDataDirectory(folder, data, options);
    const client = await createPglite({ dataDir: data });
    return await migrated(client, async () => {
      await client.close();
      unlock();
    });
  } catch (error) {
    unlock();
    throw error;
  }
}

async function makeDataDirectory(
  folder: string,
  data: string,
  { logger, templateFolder }: PgliteOptions,
): Promise<void> {
  const unfinished = join(folder, 'data.unfinished');
  await rm(unfinished, { recursive: true, force: true });

  const template = await findTemplate(templateFolder);
  if (template === null) {
    logger.info(
      { folder },
      'There is no template of the database: making it from nothing takes some seconds.',
    );
    await (await createPglite({ dataDir: unfinished })).close();
  } else {
    copyTemplate(template, unfinished);
  }
  await rename(unfinished, data);
}

async function migrated(client: PGlite, close: () => Promise<void>): Promise<Database> {
  // drizzle asks for nothing else of it.
  const prepared = new PreparedPGlite(client) as unknown as PGlite;
  const db = drizzle(prepared, { schema, logger: hiddenParameters });
  try {
    await migrate(db, { migrationsFolder });
  } catch (error) {
    await client.close();
    throw error;
  }
  return {
    db,
    kind: 'pglite',
    ping: async () => {
      await client.query('SELECT 1');
    },
    close: closeOnce(close),
  };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
