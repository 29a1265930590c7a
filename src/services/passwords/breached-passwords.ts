import { pwnedPassword } from 'hibp';

import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';

/** Whether a password has appeared in a data breach, as far as that can be found out. Never rejects. */
export type IsBreached = (password: string) => Promise<boolean>;

/** Whoever waits is a person who has just chosen a password. */
const TIMEOUT_MS = 1_000;
const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 60 * 60_000;

/**
 * Asks the range API of Pwned Passwords, or a mirror of it. Five hexadecimal digits of the password's SHA-1 leave the
 * process, and the answer is padded, so that neither tells which password it is about.
 * https://haveibeenpwned.com/API/v3#SearchingPwnedPasswordsByRange
 *
 * After a failure nobody is kept waiting for another: it is asked again after a minute, then after twice as long each time, up
 * to an hour. Meanwhile no password counts as breached.
 */
export function createIsBreached({
  baseUrl,
  clock,
  logger,
}: {
  /** Such as `https://api.pwnedpasswords.com`. */
  readonly baseUrl: string;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'warn'>;
}): IsBreached {
  let failures = 0;
  let askAgainAt = 0;
  const now = () => clock.now().getTime();

  return async (password) => {
    if (now() < askAgainAt) return false;
    try {
      const timesSeen = await pwnedPassword(password, {
        baseUrl: baseUrl.replace(/\/+$/, ''),
        addPadding: true,
        timeoutMs: TIMEOUT_MS,
        userAgent: 'portcullis',
      });
      failures = 0;
      return timesSeen > 0;
    } catch (error) {
      // Of several that fail at once, one counts.
      if (now() >= askAgainAt) {
        askAgainAt = now() + Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
        failures += 1;
        // Only the kind of error: its text may hold what was asked.
        const reason = error instanceof Error ? error.name : typeof error;
        logger.warn({ reason }, 'Breached passwords cannot be asked for; the shipped list decides.');
      }
      return false;
    }
  };
}
