import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';

import { createApp, type App } from './app.js';
import { loadConfig, type Config } from './config.js';
import { GRAPHQL_PATH } from './http/graphql-server.js';
import { createLogger } from './services/create-logger.js';
import { banner } from './tools/banner.js';
import { endOnSignal } from './tools/end-on-signal.js';
import { explainFailure } from './tools/explain-failure.js';
import { hearRejections } from './tools/hear-rejections.js';

async function main(): Promise<void> {
  const config = loadConfig();
  try {
    await run(config);
  } catch (error) {
    fail(explainFailure(error, config));
  }
}

async function run(config: Config): Promise<void> {
  const logger = createLogger(config.logLevel);
  const app = await createApp(config, { logger });
  hearRejections(app.services);
  endOnSignal({
    close: async () => {
      await app.draining.begin();
      await app.close();
    },
    cutOff: () => app.draining.cutOff(),
  });
  const { host, port } = config.http;
  await app.server.listen({ host, port });
  process.stdout.write(`${readyBanner(config, app)}\n`);
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
    adminMfa: config.identity.mode === 'embedded' ? config.identity.adminMfa : undefined,
    seeded: embedded?.seeded.people ?? [],
    credentialsPath: embedded?.seeded.credentialsPath,
    serviceCredentialsPath: embedded?.seededServices.credentialsPath,
    // Counted from the start of the process, the loading of modules included.
    startedInMs: performance.now(),
    development: config.environment === 'development',
  });
}

/** What the operator can mend is told in plain words. */
function fail(reason: string): never {
  process.stderr.write(`Portcullis could not start. ${reason}\n`);
  process.exit(1);
}

main().catch((error: unknown) => fail(explainFailure(error)));
