import { access, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';

import { migrationsFolder } from '../../package-files.js';
import { migrationsFingerprint } from './migrations.js';
import { unpackTar } from './unpack-tar.js';

/**
 * A template is a migrated, empty PGlite data directory in a `.tar.gz`. Making a data directory from nothing runs
 * initdb and takes four seconds; the build pays that once, and a first start only unpacks the result.
 */

/** Names what the template was made from, so that one made from other migrations is never picked up. */
function templateFileName(): string {
  return `template-${migrationsFingerprint()}-pglite-${pgliteVersion()}.tar.gz`;
}

function pgliteVersion(): string {
  const require = createRequire(import.meta.url);
  const manifest = join(dirname(require.resolve('@electric-sql/pglite')), '..', 'package.json');
  return (require(manifest) as { version: string }).version;
}

/**
 * Makes the template that fits the present migrations, unless `folder` has it already.
 *
 * @returns the path of the `.tar.gz`
 */
export async function makeTemplate(folder: string): Promise<string> {
  const existing = await findTemplate(folder);
  if (existing !== null) return existing;

  const path = join(folder, templateFileName());
  const client = await PGlite.create();
  try {
    await migrate(drizzle(client), { migrationsFolder });
    const dump = await client.dumpDataDir('gzip');
    const unfinished = `${path}.${process.pid}`;
    await writeFile(unfinished, Buffer.from(await dump.arrayBuffer()));
    await rename(unfinished, path);
  } finally {
    await client.close();
  }
  return path;
}

/** The path of the template in `folder` that fits the present migrations, or null. */
export async function findTemplate(folder: string): Promise<string | null> {
  const path = join(folder, templateFileName());
  return access(path).then(
    () => path,
    () => null,
  );
}

/** Unpacks the template into `target`, a new folder that a PGlite can open. */
export async function unpackTemplate(path: string, target: string): Promise<void> {
  unpackTar(await promisify(gunzip)(await readFile(path)), target);
}

/** The template in the form that `new PGlite({ loadDataDir })` takes. */
export async function readTemplate(path: string): Promise<Blob> {
  return new Blob([await readFile(path)], { type: 'application/x-gzip' });
}
