import type { Logger as PinoLogger } from 'pino';

/** What the services need of a log: structured fields first, one sentence second. */
export type Logger = Pick<PinoLogger, 'debug' | 'info' | 'warn' | 'error'>;
