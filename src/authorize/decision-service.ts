import { setTimeout as pause } from 'node:timers/promises';

import pRetry from 'p-retry';

import {
  CircuitOpenError,
  createCircuitBreaker,
  type CircuitBreaker,
  type Passage,
} from '../services/authorization/circuit-breaker.js';
import { untilAborted } from '../services/authorization/deadline.js';
import type { Clock } from '../services/clock.js';
import type { Randomness } from '../services/randomness.js';
import type { ServiceCredential } from './client-credentials.js';
import type { Verdict } from './decision-answer.js';
import { exchange, type Exchange } from './decision-exchange.js';
import { DecisionFailure } from './decision-failure.js';

export interface DecisionServiceOptions {
  readonly url: URL;
  readonly credential: ServiceCredential;
  /** Milliseconds for an exchange with all its attempts. */
  readonly deadlineMs: number;
  /** How often one is attempted at most. */
  readonly attempts: number;
  readonly clock: Clock;
  readonly randomness: Pick<Randomness, 'integer'>;
}

/** Portcullis, as far as it decides. */
export interface DecisionService {
  /**
   * Asks all questions in one request, and again where that may help.
   *
   * Fulfilled with undefined where the person's token is no good; rejects with a DecisionFailure.
   */
  ask(exchange: Exchange): Promise<readonly Verdict[] | undefined>;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;

/** Failures that tell nothing against Portcullis: what was asked is at fault, or that there is much of it. */
const BLAMELESS: ReadonlySet<unknown> = new Set(['THROTTLED', 'REFUSED']);

export function createDecisionService(options: DecisionServiceOptions): DecisionService {
  const { url, credential, deadlineMs, attempts, clock, randomness } = options;
  const breaker = createCircuitBreaker({ clock, randomness });

  /** One attempt, with a second one where the credential has been withdrawn that it was begun with. */
  const attempt = async (asked: Exchange, signal: AbortSignal): Promise<readonly Verdict[] | undefined> => {
    let rejected: string | undefined;
    for (let tried = 0; tried < 2; tried += 1) {
      const proof = await obtain(credential, rejected, signal);
      const outcome = await exchange(url, asked, proof, signal);
      if (outcome.kind === 'decided') return outcome.verdicts;
      if (outcome.kind === 'unauthenticated') return undefined;
      rejected = proof;
    }
    throw new DecisionFailure('CREDENTIAL', 'Portcullis does not accept the credential of this service.');
  };

  return {
    async ask(asked) {
      const passage = passOr(breaker);
      const deadline = AbortSignal.timeout(deadlineMs);
      const endsAt = performance.now() + deadlineMs;
      let waitMs = 0;
      try {
        const verdicts = await untilAborted(deadline, () =>
          pRetry(
            async () => {
              if (waitMs > 0) await pause(waitMs, undefined, { signal: deadline });
              return attempt(asked, deadline).catch((error: unknown) => {
                throw failureOf(error, deadline);
              });
            },
            {
              retries: attempts - 1,
              minTimeout: FIRST_PAUSE_MS,
              maxTimeout: LONGEST_PAUSE_MS,
              // Each pause is up to twice as long, by chance, so that those who failed together do not come back together.
              randomize: true,
              signal: deadline,
              shouldRetry: ({ error }) => {
                const failure = failureOf(error, deadline);
                waitMs = failure.retryAfterMs;
                return failure.retryable && performance.now() + waitMs < endsAt;
              },
            },
          ),
        );
        passage.succeeded();
        return verdicts;
      } catch (error) {
        const failure = failureOf(error, deadline);
        if (BLAMELESS.has(failure.kind)) passage.succeeded();
        else passage.failed();
        throw failure;
      }
    },
  };
}

async function obtain(
  credential: ServiceCredential,
  rejected: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  try {
    return await untilAborted(signal, async () => credential({ rejected }));
  } catch (cause) {
    if (cause instanceof DecisionFailure || signal.aborted) throw cause;
    throw new DecisionFailure('CREDENTIAL', 'There is no credential of this service.', { cause });
  }
}

/** @throws DecisionFailure while nobody is to be asked */
function passOr(breaker: CircuitBreaker): Passage {
  try {
    return breaker.pass();
  } catch (error) {
    if (!(error instanceof CircuitOpenError)) throw error;
    throw new DecisionFailure('CIRCUIT', 'Portcullis has failed too often of late to be asked.');
  }
}

function failureOf(error: unknown, deadline: AbortSignal): DecisionFailure {
  if (error instanceof DecisionFailure) return error;
  if (deadline.aborted) {
    return new DecisionFailure('TIMEOUT', 'Portcullis does not answer in time.', { cause: error });
  }
  return new DecisionFailure('NETWORK', 'Portcullis does not answer.', { retryable: true, cause: error });
}
