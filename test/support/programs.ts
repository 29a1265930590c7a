import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { access, constants, readdir, writeFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** As whom and where a program runs. */
export interface Account {
  uid?: number;
  gid?: number;
  cwd: string;
}

/** What a test needs of this machine. */
export interface Wanted {
  /** What it may be called; the first that is there will do. */
  readonly names: readonly [string, ...string[]];
  readonly debianPackage: string;
  /** Where to look before the PATH. */
  readonly folders?: readonly string[];
  /** What else would do, for who can install nothing. */
  readonly instead: string;
}

/**
 * Finds a program on the PATH or in one of `folders`, or installs Debian's package where this process may.
 *
 * @returns its path
 * @throws Error with one line that says what to do
 */
export async function findProgram({ names, debianPackage, folders = [], instead }: Wanted): Promise<string> {
  const present = await firstExecutable(names, folders);
  if (present !== null) return present;

  if (process.getuid?.() === 0 && (await firstExecutable(['apt-get'], [])) !== null) {
    await installInTurn(debianPackage);
    const installed = await firstExecutable(names, await debianFolders());
    if (installed !== null) return installed;
  }
  throw new Error(
    `The tests need ${names[0]}: install it (Debian: apt-get install ${debianPackage}), or ${instead}.`,
  );
}

/** Debian keeps PostgreSQL's programs off the PATH, a folder a version; the newest first. */
export async function debianFolders(): Promise<string[]> {
  const root = '/usr/lib/postgresql';
  const versions = await readdir(root).catch(() => []);
  return versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(root, version, 'bin'));
}

async function firstExecutable(names: readonly string[], folders: readonly string[]): Promise<string | null> {
  const everywhere = [...folders, ...(process.env['PATH'] ?? '').split(delimiter)];
  for (const path of names.flatMap((name) => everywhere.map((folder) => join(folder, name)))) {
    const executable = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return path;
  }
  return null;
}

let lastInstall: Promise<unknown> = Promise.resolve();

/** One package at a time: Debian's tools lock each other out. */
function installInTurn(debianPackage: string): Promise<void> {
  const installed = lastInstall.then(() => install(debianPackage));
  lastInstall = installed.catch(() => undefined);
  return installed;
}

async function install(debianPackage: string): Promise<void> {
  const keepStopped = await forbidServices();
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', ['update', '-qq'], { env: environment });
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', debianPackage], {
      env: environment,
    });
  } catch (error) {
    const output = String((error as { stderr?: string }).stderr ?? error).trim();
    throw new Error(`apt-get could not install ${debianPackage}: ${output.split('\n').at(-1)}`, {
      cause: error,
    });
  } finally {
    await keepStopped();
  }
}

/** Keeps a package from starting its own service, by the file that Debian asks; answers what takes it away again. */
async function forbidServices(): Promise<() => Promise<void>> {
  const policy = '/usr/sbin/policy-rc.d';
  try {
    await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755, flag: 'wx' });
    return () => rm(policy, { force: true });
  } catch {
    // Someone has decided about services already.
    return async () => {};
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Runs a program to its end. */
export async function runAs(account: Account, program: string, args: string[]): Promise<void> {
  await run(program, args, account);
}

/**
 * Starts a server and waits until it has printed `ready`.
 *
 * @throws Error with what it printed when it ends before that
 */
export async function startServer(
  account: Account,
  program: string,
  args: string[],
  ready: string,
): Promise<ChildProcess> {
  const child = spawn(program, args, { ...account, stdio: ['ignore', 'pipe', 'pipe'] });
  const endWithParent = () => child.kill('SIGKILL');
  process.once('exit', endWithParent);
  child.once('exit', () => process.removeListener('exit', endWithParent));

  let output = '';
  await new Promise<void>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes(ready)) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`${program} ended before it was ready: ${output}`)));
  });
  return child;
}

/** Ends a server at once: its data is thrown away with it. */
export async function killServer(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
}
