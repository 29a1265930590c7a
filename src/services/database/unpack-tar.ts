import { mkdirSync, writeFileSync } from 'node:fs';
import { join, normalize, sep } from 'node:path';

const BLOCK = 512;

/** Fields of a header block: offset and length in bytes (POSIX.1-1988 ustar). */
const FIELD = { name: [0, 100], size: [124, 12], type: [156, 1], prefix: [345, 155] } as const;

/**
 * Writes the directories and files of a ustar archive below `target`, readable by their owner alone.
 *
 * It blocks while it does: that spares a thousand small files as many trips through the thread pool, before there is
 * anybody to serve. PGlite can unpack an archive itself, through a file system of its own, and takes a second longer.
 *
 * @throws Error when an entry is neither a file nor a directory, or would land outside of `target`
 */
export function unpackTar(archive: Buffer, target: string): void {
  mkdirSync(target, { recursive: true, mode: 0o700 });
  for (const entry of entriesOf(archive)) {
    const path = join(target, inside(entry.name));
    if (entry.type === 'directory') mkdirSync(path, { recursive: true, mode: 0o700 });
    else writeFileSync(path, entry.content, { mode: 0o600, flag: 'wx' });
  }
}

interface Entry {
  name: string;
  type: 'file' | 'directory';
  content: Buffer;
}

function* entriesOf(archive: Buffer): Generator<Entry> {
  let offset = 0;
  while (offset + BLOCK <= archive.length) {
    const header = archive.subarray(offset, offset + BLOCK);
    const name = nameOf(header);
    // Two blocks of zeros end an archive, so a header without a name is the end.
    if (name === '') return;

    const size = Number.parseInt(field(header, 'size') || '0', 8);
    const start = offset + BLOCK;
    if (!(start + size <= archive.length)) throw new Error(`The archive ends in the middle of ${name}.`);
    yield { name, type: typeOf(header, name), content: archive.subarray(start, start + size) };
    offset = start + Math.ceil(size / BLOCK) * BLOCK;
  }
}

function field(header: Buffer, name: keyof typeof FIELD): string {
  const [start, length] = FIELD[name];
  const bytes = header.subarray(start, start + length);
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end === -1 ? length : end).trim();
}

function nameOf(header: Buffer): string {
  const prefix = field(header, 'prefix');
  const name = field(header, 'name');
  return prefix === '' ? name : `${prefix}/${name}`;
}

function typeOf(header: Buffer, name: string): Entry['type'] {
  const flag = field(header, 'type');
  if (flag === '5') return 'directory';
  if (flag === '0' || flag === '') return 'file';
  throw new Error(`The archive holds ${name}, which is neither a file nor a directory.`);
}

function inside(name: string): string {
  const path = normalize(name.replace(/^\/+/, ''));
  if (path.split(sep).includes('..')) throw new Error(`The archive holds ${name}, which leads out of it.`);
  return path;
}
