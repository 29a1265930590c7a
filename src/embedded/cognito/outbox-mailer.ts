import { setTimeout } from 'node:timers/promises';

import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import type { Logger } from '../../services/logger.js';
import { rootCause } from '../root-cause.js';
import { NOBODY, type Mailer } from './mailer.js';
import { createOutboxStore, type ClaimedMessage, type OutboxStore } from './outbox-store.js';
import type { SecretBox } from './secret-box.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Codes are good for a day, those of a second factor for 15 minutes at most: an older message is of no use to anybody. */
const LIFETIME = 24 * HOUR;
const MFA_LIFETIME = 15 * MINUTE;
const MOST_TRIES = 12;
/** Longer than a mail server may take. Whoever claimed a message and died keeps it from the others for that long. */
const CLAIM = 5 * MINUTE;
/** How often to look for what other instances have left behind. */
const LOOK_AROUND = MINUTE;
/** How long `close` waits for a mail server: the message of a send that was cut off is sent again. */
const CLOSING = 5 * SECOND;

export interface OutboxMailer extends Mailer {
  /** Resolves once the message is written down: whether and how fast it is sent, nobody can tell from the answer. */
  deliver: Mailer['deliver'];
  /** Begins to send, in the background, what there is and what comes. */
  start(): void;
  /** Sends no more. Waits for a send under way, for five seconds at most. */
  close(): Promise<void>;
}

export interface OutboxMailerOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn' | 'error'>;
  /** What messages are sealed with until they are sent: they hold codes and passwords. */
  readonly secrets: SecretBox;
  /** What carries the messages in the end. */
  readonly mailer: Mailer;
  /** Resolves after so many milliseconds, or as soon as the signal is given. */
  readonly sleep?: (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;
}

/**
 * Sends messages through another mailer, later and again where that fails: after 5 seconds, then each time after four
 * times as long, up to an hour. Messages are in the database, sealed, so they survive the process. Of several instances one
 * sends a message; only where it dies in the middle may another send it once more.
 */
export function createOutboxMailer(options: OutboxMailerOptions): OutboxMailer {
  const { clock, logger, sleep = unrefSleep } = options;
  const store = createOutboxStore(options.db, options.secrets);
  let alarm = new AbortController();
  let closing = false;
  let sending: Promise<void> | undefined;

  const sendAll = async () => {
    while (!closing) {
      // Made before anybody looks, so that a message that comes meanwhile is not slept through.
      alarm = new AbortController();
      try {
        while (!closing && (await sendNext(store, options)));
        await sleep(await untilNextDue(store, clock), alarm.signal);
      } catch (error) {
        logger.error({ err: rootCause(error) }, 'The outbox could not be read.');
        await sleep(LOOK_AROUND, alarm.signal);
      }
    }
  };

  return {
    async deliver(message) {
      await store.add(message, clock.now());
      alarm.abort();
    },

    start() {
      sending ??= sendAll();
    },

    async close() {
      closing = true;
      alarm.abort();
      await Promise.race([sending, sleep(CLOSING)]);
    },
  };
}

/** Whether there was a message to send. */
async function sendNext(
  store: OutboxStore,
  { clock, logger, mailer }: OutboxMailerOptions,
): Promise<boolean> {
  const now = clock.now();
  const message = await store.claim(now, after(now, CLAIM));
  if (!message) return false;
  const { id, to, kind, tries, content } = message;
  if (!content) {
    logger.error({ kind }, 'A message was sealed under another SECRET_KEY and cannot be sent.');
    await store.remove(id);
    return true;
  }
  try {
    if (to !== NOBODY && !isTooOld(message, now)) await mailer.deliver({ to, kind, ...content });
    await store.remove(id);
  } catch (error) {
    await putOff(store, message, clock.now());
    logger.warn({ reason: reasonOf(error, content.code), kind, tries }, 'A message could not be sent.');
  }
  return true;
}

async function putOff(store: OutboxStore, message: ClaimedMessage, now: Date): Promise<void> {
  if (message.tries >= MOST_TRIES) await store.remove(message.id);
  else await store.postpone(message.id, after(now, Math.min(5 * SECOND * 4 ** (message.tries - 1), HOUR)));
}

async function untilNextDue(store: OutboxStore, clock: Clock): Promise<number> {
  const due = await store.nextDue();
  return due ? Math.min(Math.max(due.getTime() - clock.now().getTime(), 0), LOOK_AROUND) : LOOK_AROUND;
}

/** A mail server may quote what it refuses. */
const reasonOf = (error: unknown, code: string) => rootCause(error).message.replaceAll(code, '[code]');

const isTooOld = ({ kind, writtenAt }: ClaimedMessage, now: Date) =>
  now.getTime() - writtenAt.getTime() > (kind === 'MFA' ? MFA_LIFETIME : LIFETIME);

const after = (instant: Date, milliseconds: number) => new Date(instant.getTime() + milliseconds);

const unrefSleep = (milliseconds: number, signal?: AbortSignal) =>
  setTimeout(milliseconds, undefined, { ref: false, ...(signal && { signal }) }).catch(() => undefined);
