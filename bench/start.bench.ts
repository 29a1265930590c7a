import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { administer } from '../test/support/postgres.js';
import { preparePostgres, startRedis } from '../test/support/servers.js';
import type { Aim, Measurement } from './measurement.js';
import type { Effort } from './options.js';
import { median } from './rounds.js';
import { startNode } from './start-process.js';

/** What one start took. */
interface Start {
  readonly seconds: number;
  /** Resident once it was ready and left alone for a while, in MB; undefined where nobody waited for that. */
  readonly idleMb: number | undefined;
}

/** Seconds from start to ready, and memory when idle: of the built service, first and again, on PGlite and PostgreSQL. */
export async function measureStart(effort: Effort): Promise<Measurement[]> {
  const postgres = await preparePostgres();
  const redis = await startRedis();
  try {
    const rounds: Record<'bare' | 'first' | 'later' | 'firstOnServers' | 'laterOnServers', Start>[] = [];
    for (let round = 0; round < effort.starts; round += 1) {
      const database = `bench_start_${round}`;
      const server = postgres.value.replace(/#.*/, '');
      await administer(server, `CREATE DATABASE ${database} TEMPLATE template0`);
      const url = new URL(server);
      url.pathname = database;
      // The time of a start varies; what it holds in the end hardly does.
      const idleSeconds = round === 0 ? effort.idleSeconds : undefined;
      const bare = await start(['bench/processes/bare-apollo.mjs'], {}, idleSeconds);
      const [first, later] = await startTwice({}, idleSeconds);
      const [firstOnServers, laterOnServers] = await startTwice(
        { DATABASE_URL: url.href, REDIS_URL: redis.value },
        idleSeconds,
      );
      await administer(server, `DROP DATABASE ${database} WITH (FORCE)`);
      rounds.push({ bare, first, later, firstOnServers, laterOnServers });
    }

    const beside = (
      id: string,
      title: string,
      which: keyof (typeof rounds)[number],
      what: keyof Start,
      bound: number | null,
    ): Measurement => {
      const unit = what === 'seconds' ? 's' : 'MB';
      const middle = (name: typeof which) => median(rounds.flatMap((round) => round[name][what] ?? []));
      const aim: Aim | null = bound === null ? null : { relation: '≤', bound };
      return {
        id: `e-${id}`,
        title,
        ours: { value: middle(which), unit },
        peer: { name: 'bare Apollo Server on Fastify', value: middle('bare'), unit },
        value: middle(which),
        unit,
        aim,
      };
    };
    return [
      beside('first-start', 'first start until ready', 'first', 'seconds', 4),
      beside('later-start', 'later start until ready', 'later', 'seconds', 2.5),
      beside(
        'first-start-postgresql',
        'first start with PostgreSQL and Redis',
        'firstOnServers',
        'seconds',
        null,
      ),
      beside(
        'later-start-postgresql',
        'later start with PostgreSQL and Redis',
        'laterOnServers',
        'seconds',
        null,
      ),
      beside('first-idle', 'idle after the first start', 'first', 'idleMb', 650),
      beside('later-idle', 'idle after a later start', 'later', 'idleMb', 400),
      beside(
        'first-idle-postgresql',
        'idle after the first start with PostgreSQL and Redis',
        'firstOnServers',
        'idleMb',
        200,
      ),
      beside(
        'later-idle-postgresql',
        'idle after a later start with PostgreSQL and Redis',
        'laterOnServers',
        'idleMb',
        200,
      ),
    ];
  } finally {
    await Promise.all([postgres.stop(), redis.stop()]);
  }
}

/** Starts the built service in an empty folder, and again in what it has become. */
async function startTwice(
  env: Readonly<Record<string, string>>,
  idleSeconds: number | undefined,
): Promise<[Start, Start]> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
  try {
    const once = () => start(['scripts/start.mjs'], { PORT: '0', DATA_DIR: folder, ...env }, idleSeconds);
    return [await once(), await once()];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function start(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  idleSeconds: number | undefined,
): Promise<Start> {
  const started = await startNode(args, { ready: /ready on (http:\/\/\S+)/, env });
  try {
    const seconds = started.startedInMs / 1_000;
    if (idleSeconds === undefined) return { seconds, idleMb: undefined };
    await setTimeout(idleSeconds * 1_000);
    return { seconds, idleMb: await started.residentMemory() };
  } finally {
    await started.stop();
  }
}
