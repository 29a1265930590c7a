import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { FolderInUseError, lockFolder } from '../../../../src/services/database/folder-lock.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'portcullis-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const content = () => JSON.parse(readFileSync(path, 'utf8')) as { pid: number; startedAt: string };

test('names this process while it is held, and leaves nothing afterwards', () => {
  const unlock = lockFolder(folder);
  expect(content().pid).toBe(process.pid);
  expect(readdirSync(folder)).toEqual(['lock']);
  unlock();
  unlock();
  expect(readdirSync(folder)).toEqual([]);
});

test('is held once', () => {
  const unlock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(new FolderInUseError(folder, process.pid));
  unlock();
  lockFolder(folder)();
});

test('a dead process blocks nobody', () => {
  // Above the largest number that Linux gives to a process (4,194,304).
  writeFileSync(path, JSON.stringify({ pid: 2 ** 30, startedAt: 'long ago' }));
  const unlock = lockFolder(folder);
  expect(content().pid).toBe(process.pid);
  unlock();
});

test('another process with the number of a dead one does not pass for it', () => {
  writeFileSync(path, JSON.stringify({ pid: process.ppid, startedAt: 'before the restart' }));
  const unlock = lockFolder(folder);
  expect(content().pid).toBe(process.pid);
  unlock();
});

test('unlocking late does not take the lock of somebody else', () => {
  const unlock = lockFolder(folder);
  const other = JSON.stringify({ pid: 1, startedAt: 'whenever' });
  writeFileSync(path, other);
  unlock();
  expect(readFileSync(path, 'utf8')).toBe(other);
});

test.each([
  ['nothing', ''],
  ['half of it', '{"pid":12'],
  ['zeros', '\0'.repeat(40)],
  ['something else', 'null'],
  ['a group of processes', '{"pid":0,"startedAt":null}'],
  ['every process', '{"pid":-1,"startedAt":null}'],
])('a file that a power failure left with %s blocks nobody', (_what, left) => {
  writeFileSync(path, left);
  const unlock = lockFolder(folder);
  expect(content().pid).toBe(process.pid);
  expect(readdirSync(folder)).toEqual(['lock']);
  unlock();
});

test.runIf(process.platform === 'linux')(
  'is not held by a process that was killed and not yet buried',
  async () => {
    // A process that never waits keeps its dead child as a zombie. The shell that began it still would, until it is another.
    const shell = spawn('sh', ['-c', `sleep 60 & exec sh -c 'echo "$0"; exec sleep 60' $!`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [line] = (await once(shell.stdout, 'data')) as [Buffer];
      const pid = Number(line.toString());
      const statOf = (process: number | undefined) => readFileSync(`/proc/${process}/stat`, 'utf8');
      const stat = () => statOf(pid);
      // Until then it is a shell, and may bury whom it did not begin itself.
      await vi.waitUntil(() => statOf(shell.pid).includes('(sleep)'));
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      const startedAt = `${boot} ${
        stat()
          .slice(stat().lastIndexOf(')') + 2)
          .split(' ')[19]
      }`;
      process.kill(pid, 'SIGKILL');
      await vi.waitUntil(() => stat().includes(') Z '));
      writeFileSync(path, JSON.stringify({ pid, startedAt }));
      lockFolder(folder)();
    } finally {
      shell.kill('SIGKILL');
    }
  },
);
