import { execFileSync } from 'node:child_process';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
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
 * started, so that neither a dead process nor another one that was given the same number passes for the holder.
 *
 * @returns what gives the folder back; safe to call twice
 * @throws FolderInUseError when a living process holds it
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'lock');
  const mine = describe(process.pid);

  while (!linkNew(path, mine)) {
    const holder = read(path);
    if (holder === null) continue;
    if (isAlive(holder)) throw new FolderInUseError(folder, holder.pid);
    discard(path, holder);
  }
  return () => {
    if (sameHolder(read(path), mine)) rmSync(path, { force: true });
  };
}

interface Holder {
  pid: number;
  /** Opaque: equal for one process, different for any other. Null where the system does not tell. */
  startedAt: string | null;
}

/** Makes the lock file with its content in one step, so that nobody reads it half written. */
function linkNew(path: string, holder: Holder): boolean {
  const draft = `${path}.${holder.pid}`;
  writeFileSync(draft, JSON.stringify(holder), { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes the file of a dead holder, unless someone living has replaced it since it was read. */
function discard(path: string, dead: Holder): void {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if (!sameHolder(read(aside), dead)) linkSync(aside, path);
  rmSync(aside, { force: true });
}

function read(path: string): Holder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function sameHolder(one: Holder | null, other: Holder): boolean {
  return one?.pid === other.pid && one.startedAt === other.startedAt;
}

function isAlive(holder: Holder): boolean {
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    // EPERM: it lives, as another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
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
