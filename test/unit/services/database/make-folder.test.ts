import { mkdtemp, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { makeFolder } from '../../../../src/services/database/make-folder.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portcullis-folder-'));
});
afterEach(() => rm(folder, { recursive: true }));

it('makes a folder and those that it is in, for their owner alone', async () => {
  const path = join(folder, 'a', 'b', 'c');
  await Promise.all([makeFolder(path), makeFolder(path)]);
  for (const made of ['a', 'a/b', 'a/b/c']) {
    expect((await stat(join(folder, made))).mode & 0o777).toBe(0o700);
  }
});

it('makes it once, however many want it at once', async () => {
  for (let round = 0; round < 20; round += 1) {
    const path = join(folder, String(round), 'a', 'b', 'c');
    await Promise.all(Array.from({ length: 10 }, () => makeFolder(path)));
  }
});

it('takes a folder that is there, also by a link', async () => {
  await symlink(folder, join(folder, 'link'));
  await makeFolder(join(folder, 'link'));
  await makeFolder('/');
});

it('fails where a file stands, before it or in its way', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(makeFolder(join(folder, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(join(folder, 'file', 'a', 'b'))).rejects.toMatchObject({ code: 'ENOTDIR' });
});

it.runIf(process.platform === 'linux')('ends in /proc, where nothing can be made', async () => {
  await expect(makeFolder('/proc/portcullis/data/database')).rejects.toMatchObject({
    path: '/proc/portcullis',
  });
});
