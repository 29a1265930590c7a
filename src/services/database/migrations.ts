import { createHash } from 'node:crypto';

import { readMigrationFiles } from 'drizzle-orm/migrator';

import { migrationsFolder } from '../../package-files.js';

/** Sixteen hexadecimal digits that change whenever a migration is added or edited. */
export function migrationsFingerprint(): string {
  const hash = createHash('sha256');
  for (const migration of readMigrationFiles({ migrationsFolder })) {
    hash.update(`${migration.folderMillis} ${migration.hash}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}
