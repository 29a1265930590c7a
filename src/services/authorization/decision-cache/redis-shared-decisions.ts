import { createHash } from 'node:crypto';

import { Redis } from 'ioredis';

import { PortcullisError } from '../../../errors.js';
import type { Clock } from '../../clock.js';
import type { Logger } from '../../logger.js';
import type { Randomness } from '../../randomness.js';
import { CACHE_CONNECTION } from '../../redis/cache-connection.js';
import { createDebts } from '../../redis/debts.js';
import { createReadPause, isTimeout } from '../../redis/read-pause.js';
import type { KeptDecision, RenewalListener, SharedDecisions, SharedRead } from './shared-decisions.js';

export interface RedisSharedDecisionsOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** What all keys, and the channel, begin with. */
  readonly keyPrefix: string;
  readonly clock: Clock;
  readonly randomness: Pick<Randomness, 'uuid'>;
  readonly logger: Pick<Logger, 'warn'>;
}

/** A decision is kept for a minute at most; an epoch that is gone before costs decisions, and keeps none alive. */
const EPOCH_MS = 600_000;
const LOG_EVERY_MS = 10_000;
/** Meanwhile epochs are asked for, once a second. */
const LISTEN_AGAIN_MS = 1_000;

const epochName = (subject: string) => `e:${subject}`;
const decisionName = (digest: string) => `d:${digest}`;

/** Keys hold ids and attributes, which are nobody's to read in the store. */
const digestOf = (key: string): string => createHash('sha256').update(key).digest('base64url');

/** A value goes with the digest of its key, so that it is nothing under any other. */
const unmarked = (value: string | null | undefined, digest: string): string | null =>
  value?.startsWith(digest) ? value.slice(digest.length) : null;

/** An epoch is what this service has made: a store that was filled with something else has none. */
const EPOCH = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;

/**
 * Decisions in Redis: epochs and decisions are read by one MGET. Renewals are published, and an instance that was not connected
 * meanwhile is told that it may have missed some.
 */
export async function openRedisSharedDecisions(
  options: RedisSharedDecisionsOptions,
): Promise<SharedDecisions> {
  const { url, keyPrefix, clock, randomness, logger } = options;
  const channel = `${keyPrefix}renewals`;
  const client = new Redis(url, { ...CACHE_CONNECTION, keyPrefix });
  // It would do that with nobody to hear that it failed, which ends the process.
  const subscriber = new Redis(url, { ...CACHE_CONNECTION, autoResubscribe: false });
  const listeners: RenewalListener[] = [];
  const pause = createReadPause({ clock, probe: () => client.ping().then(() => debts.settle()) });
  let silentUntil = 0;
  let closing: Promise<void> | undefined;
  let listening: Promise<void> | undefined;
  let again: NodeJS.Timeout | undefined;

  const report = (error: unknown) => {
    const now = clock.now().getTime();
    if (now < silentUntil) return;
    silentUntil = now + LOG_EVERY_MS;
    logger.warn({ err: error }, 'Decisions cannot be shared: Redis does not answer.');
  };
  const tell: RenewalListener = (subjects) => {
    for (const listener of listeners) listener(subjects);
  };
  const ask = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    try {
      const answer = await call();
      pause.end();
      debts.settle();
      return answer;
    } catch (error) {
      if (isTimeout(error)) pause.begin();
      report(error);
      throw error;
    }
  };

  /** @throws Error where the server did not confirm it */
  const spread = async (subjects: readonly string[]): Promise<void> => {
    const transaction = client.multi();
    for (const subject of subjects) {
      transaction.set(epochName(subject), randomness.uuid(), 'PX', EPOCH_MS);
    }
    transaction.publish(channel, JSON.stringify(subjects));
    try {
      await ask(() => transaction.exec());
    } finally {
      // This instance goes by it at once, whether or not the others have heard.
      tell(subjects);
    }
  };
  const debts = createDebts({ pay: spread });

  for (const connection of [client, subscriber]) connection.on('error', report);
  client.on('ready', () => debts.settle());
  subscriber.on('message', (_channel, message) => tell(readSubjects(message)));
  subscriber.on('ready', () => void (listening = listen()));

  const listen = async (): Promise<void> => {
    try {
      await subscriber.subscribe(channel);
    } catch (error) {
      report(error);
      // A connection that hears nothing is made anew, though not at once: what refuses it may go on to.
      if (closing === undefined)
        again = setTimeout(() => subscriber.disconnect(true), LISTEN_AGAIN_MS).unref();
      return;
    }
    // Whatever was published before this moment was not heard.
    tell(null);
  };

  /** An epoch for each of these subjects: the one that it has by now, or a new one. */
  const ensureEpochs = async (subjects: readonly string[]): Promise<(string | null)[]> => {
    const transaction = client.multi();
    for (const subject of subjects) {
      transaction.set(epochName(subject), randomness.uuid(), 'PX', EPOCH_MS, 'NX');
    }
    transaction.mget(subjects.map(epochName));
    const answers = await transaction.exec();
    return (answers?.at(-1)?.[1] ?? []) as (string | null)[];
  };

  const read = async (subjects: readonly string[], keys: readonly string[]): Promise<SharedRead | null> => {
    const digests = keys.map(digestOf);
    const found = await client.mget([...subjects.map(epochName), ...digests.map(decisionName)]);
    const epochs = found.slice(0, subjects.length);
    const values = digests.map((digest, index) => unmarked(found[subjects.length + index], digest));
    const missing = subjects.filter((_, index) => epochs[index] === null);
    const made = missing.length === 0 ? [] : await ensureEpochs(missing);
    const known = subjects.map((subject, index) => epochs[index] ?? made[missing.indexOf(subject)]);
    if (known.every(isEpoch)) return { epochs: known, values };
    // What is no epoch would stand where one is to be for as long as nobody renews it.
    await spread(subjects.filter((_, index) => !isEpoch(known[index])));
    return null;
  };

  await Promise.all([
    client.connect().catch(report),
    subscriber
      .connect()
      .then(() => listening)
      .catch(report),
  ]);

  return {
    async read(subjects, keys) {
      if (!pause.isOver()) return null;
      const found = await ask(() => read(subjects, keys)).catch(() => null);
      // The epoch that the store has of them is one from before a change.
      return subjects.some((subject) => debts.includes(subject)) ? null : found;
    },

    async keep(decisions: readonly KeptDecision[]) {
      if (decisions.length === 0 || !pause.isOver()) return;
      const pipeline = client.pipeline();
      for (const { key, value, ttlMs } of decisions) {
        const digest = digestOf(key);
        pipeline.set(decisionName(digest), digest + value, 'PX', ttlMs);
      }
      await ask(() => pipeline.exec()).catch(() => undefined);
    },

    async renew(subjects) {
      if (subjects.length === 0) return;
      try {
        await spread(subjects);
      } catch (cause) {
        debts.add(subjects);
        throw new PortcullisError(
          'UPSTREAM_UNAVAILABLE',
          'The change could not be made known everywhere. Try again.',
          { cause },
        );
      }
    },

    onRenewed: (listener) => void listeners.push(listener),

    close: () =>
      (closing ??= (async () => {
        clearTimeout(again);
        debts.close();
        await client.quit().catch(() => undefined);
        client.disconnect();
        subscriber.disconnect();
      })()),
  };
}

const isEpoch = (epoch: string | null | undefined): epoch is string =>
  typeof epoch === 'string' && EPOCH.test(epoch);

/** Null for a message that says nothing one could go by. */
function readSubjects(message: string): readonly string[] | null {
  try {
    const subjects: unknown = JSON.parse(message);
    if (!Array.isArray(subjects)) return null;
    return subjects.every((subject) => typeof subject === 'string') ? subjects : null;
  } catch {
    return null;
  }
}
