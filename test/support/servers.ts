import { randomUUID } from 'node:crypto';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import pino from 'pino';

import { openDatabase } from '../../src/services/database/open-database.js';
import {
  debianFolders,
  findProgram,
  freePort,
  killServer,
  runAs,
  startServer,
  type Account,
} from './programs.js';
import { administer } from './postgres.js';
import type { SharedThing } from './server-broker.js';

/** The user `nobody`, who has a name on every Linux: initdb asks for one, and refuses root. */
const NOBODY = 65534;

/** A Redis for the tests: the one at TEST_REDIS_URL, or one of their own that keeps nothing. */
export async function startRedis(): Promise<SharedThing> {
  const existing = process.env['TEST_REDIS_URL'];
  return existing ? { value: existing, stop: async () => {} } : startOwnRedis();
}

/** A Redis whose process is the caller's, to be done with as they like. */
export interface OwnRedis extends SharedThing {
  /** Leaves it connected, and silent. */
  freeze(): void;
  thaw(): void;
}

export async function startOwnRedis(): Promise<OwnRedis> {
  const program = await findProgram({
    names: ['redis-server'],
    debianPackage: 'redis-server',
    instead: 'give the address of a running one in TEST_REDIS_URL',
  });
  const account = await temporaryAccount();
  const port = await freePort();
  const server = await startServer(
    account,
    program,
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', account.cwd],
    'Ready to accept connections',
  );
  return {
    value: `redis://127.0.0.1:${port}`,
    freeze: () => void server.kill('SIGSTOP'),
    thaw: () => void server.kill('SIGCONT'),
    async stop() {
      await killServer(server);
      await rm(account.cwd, { recursive: true, force: true });
    },
  };
}

/**
 * A PostgreSQL for the tests, the one at TEST_DATABASE_URL or one of their own, with a migrated database that theirs
 * are copied from. Its value is the server's URL with that database's name as the fragment.
 */
export async function preparePostgres(): Promise<SharedThing> {
  const server = await findOrStartPostgres();
  const template = `portcullis_template_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(server.value);
  url.pathname = template;
  try {
    await administer(server.value, `CREATE DATABASE ${template} TEMPLATE template0`);
    await (await openDatabase({ url: url.href }, { logger: pino({ level: 'silent' }) })).close();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    value: `${server.value}#${template}`,
    async stop() {
      await administer(server.value, `DROP DATABASE ${template} WITH (FORCE)`);
      await server.stop();
    },
  };
}

async function findOrStartPostgres(): Promise<SharedThing> {
  const existing = process.env['TEST_DATABASE_URL'];
  if (existing) return { value: existing, stop: async () => {} };

  const initdb = await findProgram({
    names: ['initdb'],
    debianPackage: 'postgresql',
    folders: await debianFolders(),
    instead: 'give the address of a running server in TEST_DATABASE_URL',
  });
  const account = await temporaryAccount();
  const data = join(account.cwd, 'data');
  await runAs(account, initdb, ['-D', data, '-U', 'portcullis', '-A', 'trust', '-E', 'UTF8', '--no-sync']);

  const port = await freePort();
  const throwaway = { port, unix_socket_directories: account.cwd, max_connections: 200, fsync: 'off' };
  const server = await startServer(
    account,
    join(dirname(initdb), 'postgres'),
    ['-D', data, ...Object.entries(throwaway).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    'ready to accept connections',
  );
  return {
    value: `postgresql://portcullis@127.0.0.1:${port}/postgres`,
    async stop() {
      await killServer(server);
      await rm(account.cwd, { recursive: true, force: true });
    },
  };
}

/** Where this process is root, servers run as nobody; in a folder of their own in any case. */
async function temporaryAccount(): Promise<Account> {
  const cwd = await mkdtemp(join(tmpdir(), 'portcullis-test-'));
  if (process.getuid?.() !== 0) return { cwd };
  await chown(cwd, NOBODY, NOBODY);
  return { uid: NOBODY, gid: NOBODY, cwd };
}
