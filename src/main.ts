import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';

import { createApp, type App } from './app.js';
import { loadConfig, type Config } from './config.js';
import { COPROCESSOR_PATH } from './http/coprocessor/create-coprocessor.js';
import { GRAPHQL_PATH } from './http/graphql-server.js';
import { createLogger } from './services/create-logger.js';
import { banner, baseUrl } from './tools/banner.js';
import { endOnSignal } from './tools/end-on-signal.js';
import { explainFailure, type Choices } from './tools/explain-failure.js';
import { hearRejections } from './tools/hear-rejections.js';

async function main(): Promise<void> {
  const config = loadConfig();
  try {
    await run(config);
  } catch (error) {
    fail(explainFailure(error, choicesOf(config)));
  }
}

async function run(config: Config): Promise<void> {
  const logger = createLogger(config.logLevel);
  const app = await createApp(config, { logger });
  hearRejections(app.services);
  const drainings = [app, ...(app.coprocessor ? [app.coprocessor] : [])].map(({ draining }) => draining);
  endOnSignal({
    close: async () => {
      await Promise.all(drainings.map((draining) => draining.begin()));
      await app.close();
    },
    cutOff: () => drainings.forEach((draining) => draining.cutOff()),
  });
  const { host, port } = config.http;
  await app.server.listen({ host, port });
  if (config.coprocessor) {
    await app.coprocessor?.server.listen({ host: config.coprocessor.host, port: config.coprocessor.port });
  }
  process.stdout.write(`${readyBanner(config, app)}\n`);
  await app.warmUp();
}

/** Which variable a place is from that cannot be listened on. */
function choicesOf({ dataDir, http, coprocessor }: Config): Choices {
  return {
    dataDir,
    portVariable: (port) => (port === coprocessor?.port && port !== http.port ? 'COPROCESSOR_PORT' : 'PORT'),
    hostVariable: (host) => (host === coprocessor?.host && host !== http.host ? 'COPROCESSOR_HOST' : 'HOST'),
  };
}

function readyBanner(config: Config, { server, coprocessor, embedded }: App): string {
  return banner({
    host: config.http.host,
    port: portOf(server),
    coprocessorUrl:
      config.coprocessor &&
      coprocessor &&
      `${baseUrl(config.coprocessor.host, portOf(coprocessor.server))}${COPROCESSOR_PATH}`,
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

const portOf = ({ server }: App['server']): number => (server.address() as AddressInfo).port;

/** What the operator can mend is told in plain words. */
function fail(reason: string): never {
  process.stderr.write(`Portcullis could not start. ${reason}\n`);
  process.exit(1);
}

main().catch((error: unknown) => fail(explainFailure(error)));
