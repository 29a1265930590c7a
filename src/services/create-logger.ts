import { format } from 'node:util';

import { destination, pino, type DestinationStream, type LogFn } from 'pino';

import { logValue } from './log-fields.js';
import type { Logger } from './logger.js';
import { maskText } from './mask-text.js';

/**
 * A logger that writes JSON lines to standard error, so that standard output is for people. Whatever it is given, in fields
 * and in words, `logValue` and `maskText` keep secrets and personal data out of its lines.
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
      hooks: {
        // Before pino does, for it would take the message of an error for the line's, unmasked.
        logMethod(given, write) {
          write.apply(this, writable(given));
        },
      },
      // Errors are described by now; pino's own serializer would add whatever else they carry.
      serializers: { err: (described: unknown) => described },
    },
    stream,
  );

/** What a logger is called with, fit to be written: fields and a message, or one of them. */
function writable([first, ...rest]: readonly unknown[]): Parameters<LogFn> {
  if (typeof first === 'string') return [messageOf(first, rest)];
  const fields = logValue(first instanceof Error ? { err: first } : first);
  const [message, ...values] = rest;
  return message === undefined ? [fields] : [fields, messageOf(message, values)];
}

/** Masked as a whole: a token may stand in the values, and the word that betrays it in the format. */
const messageOf = (message: unknown, values: readonly unknown[]): string =>
  maskText(format(message, ...values.map((value) => logValue(value))));
