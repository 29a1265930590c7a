import { destination, pino, type DestinationStream } from 'pino';

import { logFields } from './log-fields.js';
import type { Logger } from './logger.js';

/**
 * A logger that writes JSON lines, free of secrets, to standard error, so that standard output is for people.
 *
 * @param stream where to write instead
 */
export const createLogger = (
  level: string,
  stream: DestinationStream = destination({ fd: 2, sync: true }),
): Logger =>
  pino(
    {
      level,
      base: null,
      formatters: { log: logFields },
      // Errors are described by now; pino's own serializer would add whatever else they carry.
      serializers: { err: (described: unknown) => described },
    },
    stream,
  );
