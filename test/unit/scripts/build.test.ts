import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

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

const builtAnew = (newer: string): unknown =>
  expect.stringMatching(
    new RegExp(`^dist/ is older than ${newer}: building it anew\\.\nBuilt dist/ in [\\d.]+ s\\.\n$`),
  );

describe('a build that is there', () => {
  /** Bundles nothing: what it makes says that it is new. */
  const BUNDLER = `
    import { mkdir, writeFile } from 'node:fs/promises';
    export async function build({ absWorkingDir, outdir, entryPoints }) {
      await mkdir(absWorkingDir + outdir, { recursive: true });
      for (const name of Object.keys(entryPoints)) {
        await writeFile(absWorkingDir + outdir + '/' + name + '.js', "console.log('new');");
      }
    }`;
  const at = (minutes: number) => new Date(Date.now() + minutes * 60_000);
  const change = (file: string, minutes: number) => utimes(join(copy, file), at(minutes), at(minutes));
  const write = async (file: string, text: string, minutes: number) => {
    await mkdir(join(copy, file, '..'), { recursive: true });
    await writeFile(join(copy, file), text);
    await change(file, minutes);
  };
  const age = async (folder: string) => {
    for (const entry of await readdir(join(copy, folder), { recursive: true })) {
      await change(join(folder, entry), -20);
    }
    await change(folder, -20);
  };

  beforeEach(async () => {
    const bundler = { name: 'esbuild', type: 'module', exports: './index.js' };
    await write('node_modules/esbuild/package.json', JSON.stringify(bundler), 0);
    await write('node_modules/esbuild/index.js', BUNDLER, 0);
    await write('src/main.ts', '', 0);
    await write('src/services/database/migrations/0000.sql', '', 0);
    await write('policies/a.cedar', '', 0);
    await write('package-lock.json', '{}', -20);
    for (const folder of ['src', 'policies', 'scripts']) await age(folder);
    await write('dist/main.js', "console.log('old');", -10);
  });

  it('runs as it is where nothing is newer', async () => {
    expect(await node('start.mjs')).toEqual({ code: 0, stdout: 'old\n', stderr: '' });
  });

  it.each([
    'src/main.ts',
    'src/services/database/migrations/0000.sql',
    'policies/a.cedar',
    'scripts/build.mjs',
    'package-lock.json',
  ])('is made anew where %s is newer, once, and says so', async (file) => {
    await change(file, -5);
    const { code, stdout, stderr } = await node('start.mjs');
    expect({ code, stderr }).toEqual({ code: 0, stderr: builtAnew(file) });
    expect(stdout).toBe('new\n');
    expect(await node('start.mjs')).toEqual({ code: 0, stdout: 'new\n', stderr: '' });
  });

  it('is made anew where a source is gone', async () => {
    await rm(join(copy, 'policies/a.cedar'));
    expect((await node('start.mjs')).stderr).toEqual(builtAnew('policies'));
  });

  it('runs as it is where the lock was only written again', async () => {
    await change('src/main.ts', -5);
    await node('start.mjs');
    await write('dist/main.js', "console.log('old');", -3);
    await change('package-lock.json', -1);
    expect((await node('start.mjs')).stdout).toBe('old\n');
    await write('package-lock.json', '{ "version": 2 }', -1);
    expect((await node('start.mjs')).stderr).toEqual(builtAnew('package-lock.json'));
  });

  it('runs as it is where a source is of the future', async () => {
    await change('src/main.ts', 60);
    expect((await node('start.mjs')).stdout).toBe('old\n');
  });

  it('runs as it is where there are no sources', async () => {
    await rm(join(copy, 'src'), { recursive: true });
    await change('package-lock.json', -5);
    expect(await node('start.mjs')).toEqual({ code: 0, stdout: 'old\n', stderr: '' });
  });

  it('runs, and says that it is old, where there is no bundler', async () => {
    await rm(join(copy, 'node_modules'), { recursive: true });
    await change('src/main.ts', -5);
    expect(await node('start.mjs')).toEqual({
      code: 0,
      stdout: 'old\n',
      stderr:
        'dist/ is older than src/main.ts: building it anew.\nesbuild is not installed: dist/ stays as it is.\n',
    });
  });
});
