import { execFileSync } from 'node:child_process';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** Another process holds the folder. The message is one line, meant for whoever started this one. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';

  constructor(
    readonly folder: string,
    readonly pid: number,
  ) {
    super(
      `${folder} is in use by process ${pid}: give this instance its own DATA_DIR, or a DATABASE_URL that both may share.`,
    );
  }
}

/**
 * Takes `folder` for this process, by a file `lock` that names it.
 *
 * A process that was killed leaves its file behind. It blocks nobody: the file holds the time at which its process
 * started, so that neither a dead process nor another one that was given the same number passes for the holder. A file
 * that names nobody was left by a machine that lost its power: files appear whole.
 *
 * @returns what gives the folder back; safe to call twice
 * @throws FolderInUseError when a living process holds it
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock');
  const mine = JSON.stringify(describe(process.pid));

  while (!linkNew(path, mine)) {
    const found = read(path);
    if (found === null) continue;
    const holder = parse(found);
    if (holder !== undefined && isAlive(holder)) throw new FolderInUseError(folder, holder.pid);
    discard(path, found);
  }
  return () => {
    if (read(path) === mine) rmSync(path, { force: true });
  };
}

interface Holder {
  pid: number;
  /** Opaque: equal for one process, different for any other. Null where the system does not tell. */
  startedAt: string | null;
}

/** Makes the lock file with its content in one step, so that nobody reads it half written. */
function linkNew(path: string, content: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeDurably(draft, content);
  try {
    return link(draft, path);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Without this a file's name may outlive a power failure that its content does not. */
function writeDurably(path: string, content: string): void {
  const file = openSync(path, 'w', 0o600);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Removes the file of a dead holder, unless someone living has replaced it since it was read. */
function discard(path: string, dead: string): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  // Where yet another one has taken the folder meanwhile, that one is found by the next round.
  if (read(aside) !== dead) link(aside, path);
  rmSync(aside, { force: true });
}

/** Whether the name was free. */
function link(existing: string, path: string): boolean {
  try {
    linkSync(existing, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return null;
    throw error;
  }
}

/** Whom a lock file names, if it does. Numbers below 1 stand for groups of processes. */
function parse(content: string): Holder | undefined {
  try {
    const { pid, startedAt = null } = JSON.parse(content) as Partial<Holder>;
    return Number.isInteger(pid) && Number(pid) > 0 ? { pid: Number(pid), startedAt } : undefined;
  } catch {
    return undefined;
  }
}

const hasCode = (error: unknown, code: string): boolean => (error as NodeJS.ErrnoException).code === code;

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, as another user.
    if (!hasCode(error, 'EPERM')) return false;
  }
  return holder.startedAt === describe(holder.pid).startedAt;
}

function describe(pid: number): Holder {
  return { pid, startedAt: process.platform === 'linux' ? linuxStart(pid) : psStart(pid) };
}

/** Clock ticks since boot (proc(5), field 22 of `stat`), and which boot. */
function linuxStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may hold spaces and parentheses itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Killed, and not yet buried by its parent: it holds nothing any more.
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${fields[19]}`;
  } catch {
    return null;
  }
}

function psStart(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}
