import { chmodSync, cpSync } from 'node:fs';
import { access, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';

import { migrationsFolder } from '../../package-files.js';
import { createPglite } from './create-pglite.js';
import type { Db } from './database.js';
import { hiddenParameters } from './hidden-parameters.js';
import { migrationsFingerprint } from './migrations.js';
import * as schema from './schema/index.js';

/**
 * A template is a folder with a migrated PGlite data directory in two forms: `data`, which was closed in good order and is
 * opened as it is, and `data.tar.gz`, always empty, for databases in memory. Making a data directory from nothing runs
 * initdb and takes four seconds; the build pays that once, and a first start only copies the result.
 */

/** Names what the template was made from, so that one made from other migrations is never picked up. */
function templateName(): string {
  return `template-${migrationsFingerprint()}-pglite-${pgliteVersion()}`;
}

function pgliteVersion(): string {
  const require = createRequire(import.meta.url);
  const manifest = join(dirname(require.resolve('@electric-sql/pglite')), '..', 'package.json');
  return (require(manifest) as { version: string }).version;
}

/**
 * Makes the template that fits the present migrations, unless `folder` has it already.
 *
 * @returns its path
 */
export async function makeTemplate(folder: string): Promise<string> {
  const existing = await findTemplate(folder);
  if (existing !== null) return existing;

  const path = join(folder, templateName());
  const unfinished = `${path}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  const client = await createPglite({ dataDir: join(unfinished, 'data') });
  try {
    await migrate(drizzle(client), { migrationsFolder });
    await dropTemplateDatabases(client);
    const dump = await client.dumpDataDir('gzip');
    await writeFile(join(unfinished, 'data.tar.gz'), Buffer.from(await dump.arrayBuffer()));
  } finally {
    await client.close();
  }
  try {
    await rename(unfinished, path);
  } catch (error) {
    // Another process was faster, and what it made is the same.
    await rm(unfinished, { recursive: true, force: true });
    if ((await findTemplate(folder)) === null) throw error;
  }
  return path;
}

/** PostgreSQL's own templates for CREATE DATABASE, which nobody calls here, are more than half of the files to copy. */
async function dropTemplateDatabases(client: PGlite): Promise<void> {
  await client.exec('UPDATE pg_database SET datistemplate = false');
  await client.exec('DROP DATABASE template0');
  await client.exec('DROP DATABASE template1');
}

/** The path of the template in `folder` that fits the present migrations, or null. */
export async function findTemplate(folder: string): Promise<string | null> {
  const path = join(folder, templateName());
  return access(path).then(
    () => path,
    () => null,
  );
}

/**
 * Opens a template's data directory for something to be put in that every copy shall have. Databases in memory, which are
 * made from the other form, stay empty.
 */
export async function extendTemplate(path: string, extend: (db: Db) => Promise<void>): Promise<void> {
  const client = await createPglite({ dataDir: join(path, 'data') });
  try {
    await extend(drizzle(client, { schema, logger: hiddenParameters }));
  } finally {
    await client.close();
  }
}

/** Copies the template's data directory to `target`, for a PGlite to open and for its owner alone. Blocks: that is four times as fast. */
export function copyTemplate(path: string, target: string): void {
  cpSync(join(path, 'data'), target, { recursive: true });
  chmodSync(target, 0o700);
}

/** The template in the form that `new PGlite({ loadDataDir })` takes. */
export async function readTemplate(path: string): Promise<Blob> {
  return new Blob([await readFile(join(path, 'data.tar.gz'))], { type: 'application/x-gzip' });
}
