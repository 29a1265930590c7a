import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { PGlite } from '@electric-sql/pglite';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { createSettings } from '../../../../src/embedded/settings.js';
import { migrationsFingerprint } from '../../../../src/services/database/migrations.js';
import {
  copyTemplate,
  extendTemplate,
  findTemplate,
  makeTemplate,
} from '../../../../src/services/database/template.js';
import { sharedThing } from '../../../support/shared-thing.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'portcullis-template-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('is named after the migrations it holds', async () => {
  const path = (await findTemplate(await sharedThing('template'))) ?? '';
  expect(basename(path)).toContain(migrationsFingerprint());
});

test('is not found where there is none that fits', async () => {
  expect(await findTemplate(root)).toBeNull();
});

test('is made once', async () => {
  const path = (await findTemplate(await sharedThing('template'))) ?? '';
  expect(await makeTemplate(dirname(path))).toBe(path);
});

test('holds in every copy what it was extended by', async () => {
  const path = join(root, 'extended');
  await cp((await findTemplate(await sharedThing('template'))) ?? '', path, { recursive: true });
  await extendTemplate(path, (db) => createSettings(db).set('greeting', 'hello'));
  const target = join(root, 'extended-copy');
  copyTemplate(path, target);
  const copy = await PGlite.create({ dataDir: target });
  expect((await copy.query('SELECT value FROM identity.settings')).rows).toEqual([{ value: 'hello' }]);
  await copy.close();
});

test('is copied to a data directory', async () => {
  const path = (await findTemplate(await sharedThing('template'))) ?? '';
  const target = join(root, 'data');
  copyTemplate(path, target);
  expect((await readFile(join(target, 'PG_VERSION'), 'utf8')).trim()).toMatch(/^\d+$/);
});
