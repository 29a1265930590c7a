import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { migrationsFingerprint } from '../../../../src/services/database/migrations.js';
import { copyTemplate, findTemplate, makeTemplate } from '../../../../src/services/database/template.js';
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

test('is copied to a data directory', async () => {
  const path = (await findTemplate(await sharedThing('template'))) ?? '';
  const target = join(root, 'data');
  copyTemplate(path, target);
  expect((await readFile(join(target, 'PG_VERSION'), 'utf8')).trim()).toMatch(/^\d+$/);
});
