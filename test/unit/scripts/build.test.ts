import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterEach, beforeEach, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A copy of the scripts without sources, installed or not. */
let copy: string;
beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'portcullis-build-'));
  await cp(join(root, 'scripts'), join(copy, 'scripts'), { recursive: true });
});
afterEach(() => rm(copy, { recursive: true }));

const node = (script: string) =>
  promisify(execFile)(process.execPath, [join(copy, 'scripts', script)]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  );

it('says in one line that neither a build nor a bundler is there', async () => {
  expect(await node('start.mjs')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'There is no dist/, and no esbuild to build it with: run `npm ci --include=dev`.\n',
  });
});

it('keeps the build that is there where there is no bundler', async () => {
  await mkdir(join(copy, 'dist'));
  await writeFile(join(copy, 'dist/main.js'), "console.log('started');");
  expect(await node('build.mjs')).toMatchObject({ code: 0 });
  expect(await node('start.mjs')).toMatchObject({ code: 0, stdout: 'started\n' });
});

it('a build that fails leaves the last one whole', async () => {
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  await mkdir(join(copy, 'dist'));
  await writeFile(join(copy, 'dist/main.js'), "console.log('started');");
  expect((await node('build.mjs')).code).toBe(1);
  expect(await readdir(join(copy, 'dist'))).toEqual(['main.js']);
});

it('a build that fails makes none', async () => {
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  await mkdir(join(copy, 'src/tools'), { recursive: true });
  for (const entry of ['main', 'tools/embedded', 'tools/print-config', 'tools/make-template']) {
    await writeFile(join(copy, `src/${entry}.ts`), '');
  }
  // Bundled, and then there are no migrations to copy.
  expect((await node('build.mjs')).code).toBe(1);
  expect(await readdir(copy)).not.toContain('dist');
});
