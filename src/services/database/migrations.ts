import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { readMigrationFiles } from 'drizzle-orm/migrator';

/** The committed migrations: beside this file in the sources, and copied beside it by the build. */
export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

/** Sixteen hexadecimal digits that change whenever a migration is added or edited. */
export function migrationsFingerprint(): string {
  const hash = createHash('sha256');
  for (const migration of readMigrationFiles({ migrationsFolder })) {
    hash.update(`${migration.folderMillis} ${migration.hash}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}
