import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { unpackTar } from '../../../../src/services/database/unpack-tar.js';

let root: string;
let targets = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'portcullis-tar-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const newTarget = () => join(root, String(++targets));

/** One entry of a ustar archive: its header block, and its content filled up to whole blocks. */
function entry(
  name: string,
  content: Uint8Array | null,
  { type = content ? '0' : '5', prefix = '' } = {},
): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write((content?.length ?? 0).toString(8).padStart(11, '0'), 124);
  header.write(type, 156);
  header.write('ustar', 257);
  header.write(prefix, 345);
  const body = Buffer.alloc(Math.ceil((content?.length ?? 0) / 512) * 512);
  body.set(content ?? []);
  return Buffer.concat([header, body]);
}

const archive = (...entries: Buffer[]) => Buffer.concat([...entries, Buffer.alloc(1024)]);

test('writes files and folders, for their owner alone', async () => {
  const target = newTarget();
  const text = Buffer.from('18\n');
  unpackTar(
    archive(entry('/base', null), entry('/base/1', text), entry('2', text, { prefix: 'base' })),
    target,
  );
  expect(await readFile(join(target, 'base/1'), 'utf8')).toBe('18\n');
  expect((await readdir(join(target, 'base'))).sort()).toEqual(['1', '2']);
  expect((await stat(join(target, 'base/1'))).mode & 0o777).toBe(0o600);
  expect((await stat(join(target, 'base'))).mode & 0o777).toBe(0o700);
});

test('gives back any content to the byte', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 1600 }), { maxLength: 5 }), async (contents) => {
      const target = newTarget();
      unpackTar(archive(...contents.map((content, index) => entry(`f${index}`, content))), target);
      for (const [index, content] of contents.entries()) {
        expect(new Uint8Array(await readFile(join(target, `f${index}`)))).toEqual(content);
      }
    }),
    { numRuns: 25 },
  );
});

test.each([
  ['a path that leads out', archive(entry('../out', Buffer.from('x'))), 'leads out of it'],
  ['a link', archive(entry('link', null, { type: '2' })), 'neither a file nor a directory'],
  [
    'an archive that was cut off',
    entry('file', Buffer.alloc(600)).subarray(0, 1024),
    'ends in the middle of file',
  ],
])('refuses %s', (_, tar, message) => {
  expect(() => unpackTar(tar, newTarget())).toThrow(message);
});
