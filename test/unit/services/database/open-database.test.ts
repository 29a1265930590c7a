import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { eq } from 'drizzle-orm';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { Database } from '../../../../src/services/database/database.js';
import { openDatabase } from '../../../../src/services/database/open-database.js';
import { people } from '../../../../src/services/database/schema/index.js';
import { killServer, startServer } from '../../../support/programs.js';
import { sharedThing } from '../../../support/shared-thing.js';

const holder = fileURLToPath(new URL('../../../support/hold-database.ts', import.meta.url));

describe('a database in a folder', () => {
  let root: string;
  let templateFolder: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'portcullis-folder-'));
    templateFolder = await sharedThing('template');
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  const open = (folder: string, templates = templateFolder): Promise<Database> =>
    openDatabase({ folder }, { logger: pino({ level: 'silent' }), templateFolder: templates });
  const hold = (folder: string, id: string) =>
    startServer(
      { cwd: process.cwd() },
      process.execPath,
      ['--import', 'tsx', holder, folder, templateFolder, id],
      'written',
    );
  const find = (database: Database, id: string) => database.db.select().from(people).where(eq(people.id, id));

  test('is made at first start, for its owner alone, and is there at the next', async () => {
    const folder = join(root, 'not', 'there', 'yet');
    const first = await open(folder);
    await first.db.insert(people).values({ id: 'first', userType: 'ADMIN' });
    await first.close();

    const second = await open(folder);
    expect(await find(second, 'first')).toEqual([{ id: 'first', userType: 'ADMIN' }]);
    await second.close();
    for (const path of [join(root, 'not'), folder, join(folder, 'data')]) {
      expect((await stat(path)).mode & 0o777).toBe(0o700);
    }
    expect(await readdir(folder)).toEqual(['data']);
  });

  test('survives kill -9, which leaves nothing behind that blocks', async () => {
    const folder = join(root, 'killed');
    await killServer(await hold(folder, 'survivor'));

    const database = await open(folder);
    expect(await find(database, 'survivor')).toHaveLength(1);
    await database.close();
  });

  test('is refused to a second process, in one line that names the first', async () => {
    const folder = join(root, 'held');
    const first = await hold(folder, 'holder');
    try {
      await expect(open(folder)).rejects.toThrow(
        `${folder} is in use by process ${first.pid}: give this instance its own DATA_DIR, or a DATABASE_URL`,
      );
    } finally {
      await killServer(first);
    }
  });

  test('is refused to the same process twice', async () => {
    const folder = join(root, 'twice');
    const first = await open(folder);
    await expect(open(folder)).rejects.toThrow(`in use by process ${process.pid}`);
    await first.close();
  });

  test('is made anew where the first start was cut off', async () => {
    const folder = join(root, 'half');
    await mkdir(join(folder, 'data.unfinished', 'base'), { recursive: true });
    await writeFile(join(folder, 'data.unfinished', 'PG_VERSION'), '18\n');

    const database = await open(folder);
    await expect(database.ping()).resolves.toBeUndefined();
    await database.close();
    expect(await readdir(folder)).toEqual(['data']);
  });

  test('needs no template', async () => {
    const database = await open(join(root, 'untemplated'), join(root, 'no-templates'));
    expect(await find(database, 'nobody')).toEqual([]);
    await database.close();
  });

  test('is free again when opening it fails', async () => {
    const folder = join(root, 'broken');
    await mkdir(folder);
    await writeFile(join(folder, 'data'), 'not a folder');
    await expect(open(folder)).rejects.toThrow();

    await rm(join(folder, 'data'));
    await (await open(folder)).close();
  });
});
