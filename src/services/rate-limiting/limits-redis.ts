import { Redis, type RedisOptions } from 'ioredis';

import { PortcullisError } from '../../errors.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';

export interface LimitsRedisOptions {
  /** `redis://` or `rediss://`. One server with its replicas, not a Redis Cluster: scripts touch several keys. */
  readonly url: string;
  /** What all keys begin with, so that services may share a server. */
  readonly keyPrefix?: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The connection on which the limits are counted. */
export interface LimitsRedis {
  readonly client: Redis;
  /** @throws PortcullisError UPSTREAM_UNAVAILABLE where the server does not answer `call` */
  count<Answer>(call: () => Promise<Answer>): Promise<Answer>;
  /** Safe to call more than once. */
  close(): Promise<void>;
}

/** An outage is logged this often, in milliseconds, however many requests meet it. */
const LOG_EVERY_MS = 10_000;

/** For how long, in milliseconds, a server that did not answer is not asked again: one call waits for it, and not all of them. */
const PAUSE_MS = 1_000;

/** What is not answered soon is not answered, and nothing queues meanwhile. */
const CONNECTION: RedisOptions = {
  lazyConnect: true,
  connectTimeout: 2_000,
  commandTimeout: 1_000,
  enableOfflineQueue: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  retryStrategy: (attempt) => Math.min(50 * 2 ** Math.min(attempt, 6), 2_000),
};

/** Connects, and answers when that has succeeded or failed once: a server that is away does not stop the start. */
export async function openLimitsRedis({
  url,
  keyPrefix = 'portcullis:',
  clock,
  logger,
}: LimitsRedisOptions): Promise<LimitsRedis> {
  const client = new Redis(url, { ...CONNECTION, keyPrefix });
  let silentUntil = 0;
  let pausedUntil = 0;
  const report = (error: unknown): void => {
    const now = clock.now().getTime();
    if (now < silentUntil) return;
    silentUntil = now + LOG_EVERY_MS;
    logger.warn(
      { err: error },
      'The Redis of the limits does not answer: nobody signs in, and reads go on unlimited.',
    );
  };
  // With no listener ioredis writes to the console.
  client.on('error', report);
  await client.connect().catch(report);

  let closing: Promise<void> | undefined;
  const quit = async (): Promise<void> => {
    // QUIT lets pending commands finish; where nobody answers there are none.
    await client.quit().catch(() => undefined);
    client.disconnect();
  };
  return {
    client,
    async count(call) {
      if (clock.now().getTime() < pausedUntil) throw away();
      try {
        return await call();
      } catch (error) {
        pausedUntil = clock.now().getTime() + PAUSE_MS;
        report(error);
        throw away(error);
      }
    },
    close: () => (closing ??= quit()),
  };
}

const away = (cause?: unknown) =>
  new PortcullisError('UPSTREAM_UNAVAILABLE', 'Limits cannot be counted at the moment. Try again later.', {
    cause,
  });
