/** `npm run embedded`: the embedded Cognito and Verified Permissions over HTTP, until SIGTERM or SIGINT. */
import { performance } from 'node:perf_hooks';

import { loadEmbeddedConfig } from '../config.js';
import { systemClock } from '../services/clock.js';
import { createLogger } from '../services/create-logger.js';
import { systemRandomness } from '../services/randomness.js';
import { embeddedBanner } from './embedded-banner.js';
import { runEmbedded } from './run-embedded.js';

async function main(): Promise<void> {
  const config = loadEmbeddedConfig();
  const logger = createLogger(config.logLevel);
  const running = await runEmbedded(config, { logger, clock: systemClock, randomness: systemRandomness });
  const { credentialsPath } = running.seeded;
  process.stdout.write(embeddedBanner({ ...running, credentialsPath, startedInMs: performance.now() }));

  const stop = () => {
    running.close().catch(fail);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function fail(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error);
  process.stderr.write(`Portcullis cannot run the embedded engines: ${reason}\n`);
  process.exit(1);
}

main().catch(fail);
