import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { AdminCreateUserCommand } from '@aws-sdk/client-cognito-identity-provider';

import { createApp, type App } from '../src/app.js';
import { parseConfig, type Config } from '../src/config.js';
import type { Embedded } from '../src/embedded/start-embedded.js';
import { createLogger } from '../src/services/create-logger.js';
import { openDatabase } from '../src/services/database/open-database.js';
import { makeTemplate } from '../src/services/database/template.js';

/** Shared with the tests, and kept between runs: making it costs five seconds. */
const templateCache = fileURLToPath(new URL('../node_modules/.cache/portcullis/', import.meta.url));

/** What all servers log: nothing for a request that goes well. */
const LOG_LEVEL = 'warn';
/** Counted as always, and nobody meets them: a hundred thousand checks a second are possible. */
const RATE_LIMITS = '*=1000000/1s';

/** The service with embedded engines over a database in memory, and who is signed in as its administrator. */
export interface BenchApp {
  readonly app: App;
  readonly config: Config;
  readonly embedded: Embedded;
  readonly adminToken: string;
}

/** Makes the service, with `people` end users besides the seeded ones, and with what else is set. Not listening yet. */
export async function createBenchApp({
  people,
  env = {},
}: {
  people: number;
  env?: Readonly<Record<string, string>>;
}): Promise<BenchApp> {
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-bench-'));
  await mkdir(templateCache, { recursive: true });
  const templateFolder = dirname(await makeTemplate(templateCache));
  const logger = createLogger(LOG_LEVEL);
  const config = parseConfig({
    DATA_DIR: folder,
    LOG_LEVEL,
    BREACHED_PASSWORDS: 'off',
    RATE_LIMITS,
    ...env,
  });
  const app = await createApp(config, {
    logger,
    openDatabase: () => openDatabase({ memory: true }, { logger, templateFolder }),
  });
  await app.warmUp();
  const { embedded } = app;
  if (embedded === undefined) throw new Error('The benchmarks need the embedded engines.');
  for (let index = 0; index < people; index += 1) await addPerson(embedded, index);
  const adminToken = await signInAdministrator(app, folder);
  await rm(folder, { recursive: true });
  return { app, config, embedded, adminToken };
}

async function addPerson({ cognito, pools }: Embedded, index: number): Promise<void> {
  const name = `person-${String(index).padStart(3, '0')}`;
  await cognito.send(
    new AdminCreateUserCommand({
      UserPoolId: pools.END_USER.poolId,
      Username: `${name}@example.com`,
      UserAttributes: [
        { Name: 'given_name', Value: 'Person' },
        { Name: 'family_name', Value: String(index) },
      ],
      MessageAction: 'SUPPRESS',
    }),
  );
}

async function signInAdministrator({ services }: App, folder: string): Promise<string> {
  const seeded = await readFile(join(folder, 'seed-credentials'), 'utf8');
  const [email = '', password = ''] =
    seeded
      .split('\n')
      .find((line) => line.endsWith(' ADMIN'))
      ?.split(' ') ?? [];
  const signedIn = await services.authentication.login(
    { email, password, userType: 'ADMIN' },
    { ipAddress: '127.0.0.1', userAgent: null },
  );
  if (signedIn.kind !== 'authenticated') throw new Error('The administrator could not sign in.');
  return signedIn.accessToken;
}
