import { destination, pino } from 'pino';

import type { Logger } from './logger.js';

/** Wherever one of these turns up in what is logged, it is not written. */
const SECRETS = [
  'authorization',
  'password',
  'code',
  'token',
  'accessToken',
  'refreshToken',
  'idToken',
  'secret',
];

/** A logger that writes JSON lines to standard error, so that standard output is for people. */
export const createLogger = (level: string): Logger =>
  pino(
    {
      level,
      base: null,
      redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
    },
    destination({ fd: 2, sync: true }),
  );
