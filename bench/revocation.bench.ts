import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createApp, type App } from '../src/app.js';
import { parseConfig } from '../src/config.js';
import { createLogger } from '../src/services/create-logger.js';
import { administer } from '../test/support/postgres.js';
import { preparePostgres, startRedis } from '../test/support/servers.js';
import { describeDistributions } from './distribution.js';
import { askOnce } from './load.js';
import type { Measurement } from './measurement.js';
import type { Effort } from './options.js';
import { median } from './rounds.js';

const LOG_LEVEL = 'error';
const DATABASE = 'bench_revocation';
const ME = { query: '{ me { id } }' };
const LOGOUT = { query: 'mutation { logout }' };
const LIMIT_MS = 1_000;
const PER_ROUND = 20;

interface Instance {
  readonly app: App;
  readonly url: string;
}

/** How long another instance on the same PostgreSQL and Redis still takes the token of a session that is being ended. */
export async function measureRevocation({ rounds }: Effort): Promise<Measurement[]> {
  const [postgres, redis] = [await preparePostgres(), await startRedis()];
  const server = postgres.value.replace(/#.*/, '');
  await administer(server, `CREATE DATABASE ${DATABASE} TEMPLATE template0`);
  const url = new URL(server);
  url.pathname = DATABASE;
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
  const instances: Instance[] = [];
  try {
    const env = {
      DATA_DIR: folder,
      DATABASE_URL: url.href,
      REDIS_URL: redis.value,
      BREACHED_PASSWORDS: 'off',
    };
    for (let count = 0; count < 2; count += 1) instances.push(await startInstance({ ...env, LOG_LEVEL }));
    const [here, there] = instances as [Instance, Instance];
    const credentials = await readCredentials(folder);
    const sinceSent: number[] = [];
    const sinceAnswered: number[] = [];
    for (let sample = 0; sample < rounds * PER_ROUND; sample += 1) {
      const token = await signIn(here, credentials);
      // The session is then cached.
      for (let times = 0; times < 2; times += 1) await askOnce(there.url, ME, token);
      const times = await endAndWatch(here, there, token);
      sinceSent.push(times.sinceSent);
      sinceAnswered.push(times.sinceAnswered);
    }
    const distribution = { name: 'until the other instance refuses', samples: sinceSent };
    return [
      {
        ...measurement(
          'p50',
          'from the sending of `logout` until the other instance refuses: the middle',
          median(sinceSent),
        ),
        detail: describeDistributions([distribution]),
      },
      measurement('max', '… the longest of all', Math.max(...sinceSent), LIMIT_MS),
      measurement(
        'after',
        '… since it was answered, the longest: 0 where the next request is refused',
        Math.max(...sinceAnswered),
        0,
      ),
    ];
  } finally {
    for (const { app } of instances) await app.close();
    await administer(server, `DROP DATABASE ${DATABASE} WITH (FORCE)`);
    await Promise.all([postgres.stop(), redis.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
}

const measurement = (id: string, title: string, value: number, bound?: number): Measurement => ({
  id: `revocation-${id}`,
  title,
  value,
  unit: 'ms',
  aim: bound === undefined ? null : { relation: '≤', bound },
});

async function startInstance(env: Record<string, string>): Promise<Instance> {
  const app = await createApp(parseConfig(env), { logger: createLogger(LOG_LEVEL) });
  await app.warmUp();
  const url = await app.server.listen({ host: '127.0.0.1', port: 0 });
  return { app, url: `${url}/graphql` };
}

async function readCredentials(folder: string) {
  const seeded = await readFile(join(folder, 'seed-credentials'), 'utf8');
  const [email = '', password = ''] =
    seeded
      .split('\n')
      .find((line) => line.endsWith(' END_USER'))
      ?.split(' ') ?? [];
  return { email, password };
}

/** By the service itself, since whoever signs in over HTTP so often is kept waiting. */
async function signIn({ app }: Instance, credentials: { email: string; password: string }): Promise<string> {
  const signedIn = await app.services.authentication.login(
    { ...credentials, userType: 'END_USER' },
    { ipAddress: '127.0.0.1', userAgent: null },
  );
  if (signedIn.kind !== 'authenticated') throw new Error('The person could not sign in.');
  return signedIn.accessToken;
}

/** Ends a session on one instance while the other is asked without a pause. */
async function endAndWatch(here: Instance, there: Instance, token: string) {
  const sentAt = performance.now();
  let answeredAt = Infinity;
  const ending = askOnce(here.url, LOGOUT, token).then(() => (answeredAt = performance.now()));
  // When the last request was sent that was still taken.
  let takenAt = sentAt;
  for (;;) {
    const askedAt = performance.now();
    if ((await askOnce(there.url, ME, token)).includes('UNAUTHENTICATED')) break;
    takenAt = askedAt;
  }
  const refusedAt = performance.now();
  await ending;
  return { sinceSent: refusedAt - sentAt, sinceAnswered: Math.max(0, takenAt - answeredAt) };
}
