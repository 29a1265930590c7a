import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';

import { createApp, type App } from './app.js';
import { ConfigError, loadConfig, type Config } from './config.js';
import { GRAPHQL_PATH } from './http/graphql-server.js';
import { createLogger } from './services/create-logger.js';
import { PolicyFilesError } from './services/cedar/policy-files.js';
import { banner } from './tools/banner.js';

/** How long requests under way may take to end after SIGTERM. */
const DRAIN_MS = 10_000;

async function main(): Promise<void> {
  const config = loadConfig();
  const logger = createLogger(config.logLevel);
  const app = await createApp(config, { logger });
  drainOnSignal(app);
  const { host, port } = config.http;
  await app.server.listen({ host, port });
  say(readyBanner(config, app));
  await app.warmUp();
}

function readyBanner(config: Config, { server, embedded }: App): string {
  const { port } = server.server.address() as AddressInfo;
  return banner({
    host: config.http.host,
    port,
    graphqlPath: GRAPHQL_PATH,
    mode: config.identity.mode,
    dataLocation: config.databaseUrl === undefined ? config.dataDir : 'PostgreSQL (DATABASE_URL)',
    seeded: embedded?.seeded.people ?? [],
    credentialsPath: embedded?.seeded.credentialsPath,
    // Counted from the start of the process, the loading of modules included.
    startedInMs: performance.now(),
    development: config.environment === 'development',
  });
}

/** The first signal lets requests under way end; a second one does not wait. */
function drainOnSignal(app: App): void {
  let draining = false;
  const drain = () => {
    if (draining) process.exit(1);
    draining = true;
    setTimeout(() => process.exit(1), DRAIN_MS).unref();
    app.close().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGTERM', drain);
  process.on('SIGINT', drain);
}

const say = (text: string) => process.stdout.write(`${text}\n`);

/** What the operator can mend is told in plain words; a stack is for what nobody foresaw. */
function fail(error: unknown): never {
  process.stderr.write(`Portcullis could not start. ${explain(error)}\n`);
  process.exit(1);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof PolicyFilesError) return `The policies are wrong:\n${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

main().catch(fail);
