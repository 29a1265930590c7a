/** `npm run embedded`: the embedded Cognito and Verified Permissions over HTTP, until SIGTERM or SIGINT. */
import { performance } from 'node:perf_hooks';

import { destination, pino } from 'pino';

import { loadEmbeddedConfig } from '../config.js';
import { rootCause } from '../embedded/root-cause.js';
import { systemClock } from '../services/clock.js';
import { systemRandomness } from '../services/randomness.js';
import { embeddedBanner } from './embedded-banner.js';
import { runEmbedded } from './run-embedded.js';

async function main(): Promise<void> {
  const config = loadEmbeddedConfig();
  // What is printed goes to standard output alone, so that it can be piped; the log does not get between.
  const logger = pino({ level: config.logLevel }, destination(2));
  const running = await runEmbedded(config, { logger, clock: systemClock, randomness: systemRandomness });
  const { credentialsPath } = running.seeded;
  process.stdout.write(embeddedBanner({ ...running, credentialsPath, startedInMs: performance.now() }));

  const stop = () => {
    running.close().catch(fail);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function fail(error: unknown): void {
  process.stderr.write(`Portcullis cannot run the embedded engines: ${rootCause(error).message}\n`);
  process.exitCode = 1;
}

main().catch(fail);
