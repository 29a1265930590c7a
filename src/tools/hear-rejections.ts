import type { EventEmitter } from 'node:events';

import type { Logger } from '../services/logger.js';
import type { Metrics } from '../services/telemetry/metrics.js';

interface Listeners {
  readonly logger: Pick<Logger, 'error'>;
  readonly metrics: Pick<Metrics, 'unheardRejections'>;
}

/**
 * Logs and counts promises that reject with nobody to hear of it, for which Node would end the process. graphql-js drops what is
 * under way beside an item of a list that fails at once (https://github.com/graphql/graphql-js/issues/3761), and what fails when is
 * also up to who asks: nobody is to end the service for the others.
 */
export function hearRejections(
  { logger, metrics }: Listeners,
  source: Pick<EventEmitter, 'on'> = process,
): void {
  source.on('unhandledRejection', (error: unknown) => {
    metrics.unheardRejections.inc();
    logger.error({ err: error }, 'A promise rejected with nobody to hear of it.');
  });
}
