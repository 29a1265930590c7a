import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { getTableName, isTable } from 'drizzle-orm';
import pino from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

import { provisionAhead } from '../../../src/embedded/provision-ahead.js';
import { startEmbedded } from '../../../src/embedded/start-embedded.js';
import { systemClock } from '../../../src/services/clock.js';
import type { Database } from '../../../src/services/database/database.js';
import * as schema from '../../../src/services/database/schema/index.js';
import { systemRandomness } from '../../../src/services/randomness.js';
import { openTestDatabase } from '../../support/database.js';

let folder: string;
let policiesDir: string;
let database: Database;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-ahead-'));
  policiesDir = join(folder, 'policies');
  await cp('policies', policiesDir, { recursive: true });
  database = await openTestDatabase();
});
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

const info = vi.fn();
const logger = { ...pino({ level: 'silent' }), info };
const foundations = { clock: systemClock, randomness: systemRandomness, logger };

const ahead = async () => {
  await provisionAhead(database.db, policiesDir, foundations);
  info.mockClear();
};

const start = () =>
  startEmbedded({
    ...foundations,
    database,
    policiesDir,
    dataDir: folder,
    seedAdmin: { email: 'admin@example.com' },
    development: false,
    isShared: false,
    adminMfa: 'required',
  });

it('a start with the same policies looks at none', async () => {
  await ahead();
  const [store] = await database.db.select().from(schema.policyStores);
  // Whoever looked would find them gone, and make them again.
  await database.db.delete(schema.policies);
  expect((await start()).policyStoreId).toBe(store?.id);
  expect(await database.db.$count(schema.policies)).toBe(0);
});

it('a start with other policies follows them', async () => {
  await ahead();
  await rm(join(policiesDir, 'auditors.cedar'));
  await start();
  expect(info).toHaveBeenCalledWith(expect.objectContaining({ created: [], deleted: 1 }), expect.anything());
});

it('a start with policies that do not parse names file and line', async () => {
  await ahead();
  await writeFile(join(policiesDir, 'auditors.cedar'), 'permit(principal,\naction resource);');
  await expect(start()).rejects.toThrow(/^auditors\.cedar:2:/);
});

it('leaves nothing that copies must not share', async () => {
  await ahead();
  const filled: string[] = [];
  for (const table of Object.values(schema).filter((one) => isTable(one))) {
    if ((await database.db.$count(table)) > 0) filled.push(getTableName(table));
  }
  expect(filled.sort()).toEqual(['client_tokens', 'policies', 'policy_stores', 'settings']);
  expect(await database.db.select({ name: schema.settings.name }).from(schema.settings)).toEqual([
    { name: 'provisioned-policies' },
  ]);
});
