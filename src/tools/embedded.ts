/** `npm run embedded`: the embedded Cognito and Verified Permissions over HTTP, until SIGTERM or SIGINT. */
import { performance } from 'node:perf_hooks';

import { loadEmbeddedConfig, type Config } from '../config.js';
import { systemClock } from '../services/clock.js';
import { createLogger } from '../services/create-logger.js';
import { systemRandomness } from '../services/randomness.js';
import { embeddedBanner } from './embedded-banner.js';
import { endOnSignal } from './end-on-signal.js';
import { explainFailure } from './explain-failure.js';
import { runEmbedded } from './run-embedded.js';

async function main(): Promise<void> {
  const config = loadEmbeddedConfig();
  try {
    await run(config);
  } catch (error) {
    const portVariable = (port: number | undefined) =>
      port === config.embeddedPorts.avp
        ? 'AVP_PORT'
        : port === config.embeddedPorts.sts
          ? 'STS_PORT'
          : 'COGNITO_PORT';
    fail(explainFailure(error, { dataDir: config.dataDir, portVariable }));
  }
}

async function run(config: Config): Promise<void> {
  const logger = createLogger(config.logLevel);
  const running = await runEmbedded(config, { logger, clock: systemClock, randomness: systemRandomness });
  const { credentialsPath } = running.seeded;
  endOnSignal({ close: () => running.close() });
  process.stdout.write(
    embeddedBanner({
      ...running,
      credentialsPath,
      startedInMs: performance.now(),
      development: config.environment === 'development',
    }),
  );
}

function fail(reason: string): never {
  process.stderr.write(`Portcullis cannot run the embedded engines. ${reason}\n`);
  process.exit(1);
}

main().catch((error: unknown) => fail(explainFailure(error)));
