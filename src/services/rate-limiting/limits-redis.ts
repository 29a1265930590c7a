import { Redis, type RedisOptions } from 'ioredis';

import { PortcullisError } from '../../errors.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import { createReadPause, isTimeout } from '../redis/read-pause.js';

export interface LimitsRedisOptions {
  /** `redis://` or `rediss://`. One server with its replicas, not a Redis Cluster: scripts touch several keys. */
  readonly url: string;
  /** What all keys begin with, so that services may share a server. */
  readonly keyPrefix?: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A way to count on the connection of the limits. */
export interface CountingRedis {
  readonly client: Redis;
  /** @throws PortcullisError UPSTREAM_UNAVAILABLE where the server does not answer `call`, or did not a moment ago */
  count<Answer>(call: () => Promise<Answer>): Promise<Answer>;
}

/** The connection on which the limits are counted. */
export interface LimitsRedis extends CountingRedis {
  /** For what goes on uncounted: it leaves a server that does not answer alone for longer, and waits for no probe of it. */
  readonly waivable: CountingRedis;
  /** Safe to call more than once. */
  close(): Promise<void>;
}

/** An outage is logged this often, in milliseconds, however many requests meet it. */
const LOG_EVERY_MS = 10_000;

/** For how long, in milliseconds, a server that did not answer is not asked again. Then one call waits for it, and not all of them. */
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
  let pausedUntil: number | undefined;
  let isProbed = false;
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
  const readPause = createReadPause({ clock, probe: () => client.ping() });
  const ask = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    try {
      const answer = await call();
      pausedUntil = undefined;
      readPause.end();
      return answer;
    } catch (error) {
      pausedUntil = clock.now().getTime() + PAUSE_MS;
      if (isTimeout(error)) readPause.begin();
      report(error);
      throw away(error);
    }
  };
  const count: CountingRedis['count'] = async (call) => {
    if (pausedUntil === undefined) return ask(call);
    if (isProbed || clock.now().getTime() < pausedUntil) throw away();
    isProbed = true;
    try {
      return await ask(call);
    } finally {
      isProbed = false;
    }
  };
  return {
    client,
    count,
    waivable: {
      client,
      async count(call) {
        if (!readPause.isOver()) throw away();
        return count(call);
      },
    },
    close: () => (closing ??= quit()),
  };
}

const away = (cause?: unknown) =>
  new PortcullisError('UPSTREAM_UNAVAILABLE', 'Limits cannot be counted at the moment. Try again later.', {
    cause,
  });
