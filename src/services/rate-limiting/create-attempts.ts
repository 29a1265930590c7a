import { PortcullisError } from '../../errors.js';
import type { Logger } from '../logger.js';
import type { SecurityEvents } from '../security-events/security-events.js';
import { addressBlock } from './address-block.js';
import type { AttemptOutcome, AttemptStore } from './attempt-store.js';
import type { Attempts } from './attempts.js';
import type { LimitSubjects } from './limit-subjects.js';

export interface CreateAttemptsDependencies {
  readonly store: AttemptStore;
  readonly subjects: LimitSubjects;
  readonly securityEvents: Pick<SecurityEvents, 'report'>;
  readonly logger: Logger;
}

/** What says that the secret was wrong. */
const WRONG: ReadonlySet<string> = new Set(['INVALID_CREDENTIALS', 'CODE_MISMATCH']);

/** Holds every try against a store. */
export function createAttempts({
  store,
  subjects,
  securityEvents,
  logger,
}: CreateAttemptsDependencies): Attempts {
  return {
    async guard(kind, { userType, name }, client, attempt) {
      const anywhere = subjects('attempts', kind, userType, name);
      const keys = {
        here: `attempts:${anywhere}:${subjects('address', addressBlock(client.ipAddress))}`,
        anywhere: `attempts:${anywhere}`,
      };
      const start = await store.begin(keys);
      if (!start.admitted) throw locked(start.retryAfterMs);

      const settle = async (outcome: AttemptOutcome): Promise<void> => {
        try {
          const { hereMs, anywhereMs } = await store.settle(keys, start.ticket, outcome);
          if (hereMs === 0 && anywhereMs === 0) return;
          securityEvents.report({
            type: 'ACCOUNT_LOCKED',
            kind,
            userType,
            account: anywhere,
            from: anywhereMs > 0 ? 'ANYWHERE' : 'ONE_ADDRESS',
            seconds: Math.ceil(Math.max(hereMs, anywhereMs) / 1000),
          });
        } catch (error) {
          // It stays on record as failed. What the try came to is known all the same.
          logger.warn({ err: error }, 'The outcome of a try at a secret was not noted.');
        }
      };

      let answer;
      try {
        answer = await attempt();
      } catch (error) {
        await settle(error instanceof PortcullisError && WRONG.has(error.code) ? 'failed' : 'undecided');
        throw error;
      }
      await settle('succeeded');
      return answer;
    },
  };
}

/** The same for accounts that exist and for those that do not: both are counted. */
const locked = (retryAfterMs: number) =>
  new PortcullisError('ACCOUNT_LOCKED', 'Too many failed tries; the account is locked for a while.', {
    retryAfter: Math.ceil(retryAfterMs / 1000),
  });
