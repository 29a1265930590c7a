import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { GENEROUS_LIMITS } from '../test/support/generous-limits.js';
import { administer } from '../test/support/postgres.js';
import { preparePostgres, startRedis } from '../test/support/servers.js';
import { requestRate, type Load } from './load.js';
import { TIMES, type Measurement } from './measurement.js';
import type { Effort } from './options.js';
import { readSources, timeByCategory, type CpuProfile } from './profile.js';
import { median, medianRatio, takeTurns } from './rounds.js';
import { workOf } from './sign-in-profile.js';
import { startBenchProcess, startNode, type MeasuredProcess } from './start-process.js';

const LOGIN = `mutation ($input: LoginInput!) {
  login(input: $input) { ... on Authenticated { accessToken idToken refreshToken expiresIn } }
}`;
const CONNECTIONS = 8;
const READY = /ready on (http:\/\/\S+\/graphql)/;

/** What a task of `processes/bare-crypto.ts` takes. */
interface Taken {
  /** Times a second. */
  readonly rate: number;
  readonly cpuMs: number;
}

/** Sign-ins a second of the built service on its own database, against argon2id alone, and what the rest goes to. */
export async function measureSignIn({ rounds, seconds, warmUpSeconds }: Effort): Promise<Measurement[]> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
  const service = await startNode(['--import', './bench/processes/profiler.mjs', 'scripts/start.mjs'], {
    ready: READY,
    env: { PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'warn', ...GENEROUS_LIMITS },
  });
  const servers = await startOnServers();
  const crypto = await startBenchProcess('bare-crypto');
  try {
    const load = await loadOf(service.ready, folder);
    const loadOnServers = await loadOf(servers.service.ready, servers.folder);
    const bare = async (task: 'password' | 'tokens') =>
      (await crypto.tell({ task, seconds, concurrency: CONNECTIONS })) as Taken;
    await requestRate(load, warmUpSeconds);
    await requestRate(loadOnServers, warmUpSeconds);
    const rates = await takeTurns(
      {
        signIn: () => requestRate(load, seconds),
        argon2: async () => (await bare('password')).rate,
        onServers: () => requestRate(loadOnServers, seconds),
      },
      rounds,
    );
    const [password, tokens] = [await bare('password'), await bare('tokens')];
    return [
      {
        id: 'd',
        title: 'sign-ins, against argon2id alone',
        ours: { value: median(rates.signIn), unit: 'sign-ins/s' },
        peer: { name: 'argon2id', value: median(rates.argon2), unit: 'verified/s' },
        value: medianRatio(rates.signIn, rates.argon2),
        unit: TIMES,
        aim: { relation: '≥', bound: 0.6 },
      },
      {
        id: 'd-postgresql',
        title: 'the same with PostgreSQL and Redis',
        ours: { value: median(rates.onServers), unit: 'sign-ins/s' },
        peer: { name: 'argon2id', value: median(rates.argon2), unit: 'verified/s' },
        value: medianRatio(rates.onServers, rates.argon2),
        unit: TIMES,
        aim: null,
      },
      ...(await profileOf(service, load, seconds, { password, tokens })),
    ];
  } finally {
    await Promise.all([service.stop(), crypto.stop(), servers.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

/** The same service on a PostgreSQL and a Redis of this machine, which take their share of its processors. */
async function startOnServers() {
  const [postgres, redis] = [await preparePostgres(), await startRedis()];
  const server = postgres.value.replace(/#.*/, '');
  await administer(server, 'CREATE DATABASE bench_sign_in TEMPLATE template0');
  const url = new URL(server);
  url.pathname = 'bench_sign_in';
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
  const service = await startNode(['scripts/start.mjs'], {
    ready: READY,
    env: {
      PORT: '0',
      DATA_DIR: folder,
      LOG_LEVEL: 'warn',
      DATABASE_URL: url.href,
      REDIS_URL: redis.value,
      ...GENEROUS_LIMITS,
    },
  });
  return {
    service,
    folder,
    async stop() {
      await service.stop();
      await administer(server, 'DROP DATABASE bench_sign_in WITH (FORCE)');
      await Promise.all([postgres.stop(), redis.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The seeded people sign in, over and over. */
async function loadOf(url: string, folder: string): Promise<Load> {
  const seeded = (await readFile(join(folder, 'seed-credentials'), 'utf8')).trim().split('\n');
  return {
    url,
    requests: seeded.map((line) => {
      const [email, password, userType] = line.split(' ');
      return { query: LOGIN, variables: { input: { email, password, userType } } };
    }),
    connections: CONNECTIONS,
    isAnswer: (body) => body.includes('"accessToken":"ey'),
  };
}

/** Milliseconds of processor time that one sign-in takes, by what they go to. */
async function profileOf(
  service: MeasuredProcess,
  load: Load,
  seconds: number,
  { password, tokens }: { password: Taken; tokens: Taken },
): Promise<Measurement[]> {
  await service.tell('begin');
  const signIns = (await requestRate(load, seconds)) * seconds;
  const { cpuMs, mainCpuMs, profile } = (await service.tell('end')) as {
    cpuMs: number;
    mainCpuMs: number;
    profile: CpuProfile;
  };
  const sourceOf = await readSources(fileURLToPath(new URL('../dist/main.js', import.meta.url)));
  const work = [...timeByCategory(profile, workOf(sourceOf), 'other')].filter(([name]) => name !== 'idle');
  const sampledMs = work.reduce((total, [, ms]) => total + ms, 0);
  // Samples tell the proportions; they count the time in which argon2id had the processor too.
  const perSample = mainCpuMs / sampledMs;
  const part = (id: string, title: string, ms: number): Measurement => ({
    id: `d-${id}`,
    title,
    value: ms,
    unit: 'ms',
    aim: null,
  });
  const elsewhere = cpuMs - mainCpuMs;
  const known = password.cpuMs + tokens.cpuMs;
  return [
    part('cpu', 'processor time of a sign-in', cpuMs / signIns),
    part('cpu-argon2', '… in other threads: argon2id', password.cpuMs),
    part('cpu-rsa', '… in other threads: two signatures, one verified', tokens.cpuMs),
    part(
      'cpu-threads',
      '… in other threads: what is left, such as compiling and collecting garbage',
      elsewhere / signIns - known,
    ),
    ...work
      .sort(([, ms], [, other]) => other - ms)
      .map(([name, ms]) =>
        part(
          `cpu-${name.split(' ').at(-1)?.toLowerCase()}`,
          `… in the main thread: ${name}`,
          (ms * perSample) / signIns,
        ),
      ),
  ];
}
