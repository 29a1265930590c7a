import { ValidationException } from '@aws-sdk/client-verifiedpermissions';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import pRetry from 'p-retry';

import type { Clock } from '../clock.js';
import type { CallOutcome, Metrics } from '../telemetry/metrics.js';
import { createCallBudget, type CallBudget } from './call-budget.js';
import { CircuitOpenError, type CircuitBreaker, type Passage } from './circuit-breaker.js';
import { untilAborted } from './deadline.js';

/** An attempt was made, and not answered in its time. */
class UnansweredError extends Error {
  override readonly name = 'UnansweredError';

  constructor(options: ErrorOptions) {
    super('Verified Permissions did not answer in time.', options);
  }
}

/** The two operations that decide. */
export type DecidingOperation = 'IsAuthorized' | 'BatchIsAuthorized';

/**
 * How many calls may begin within a second.
 * https://docs.aws.amazon.com/verifiedpermissions/latest/userguide/quotas.html has 200 and 30 for a store and Region.
 */
export interface CallsPerSecond {
  readonly singles: number;
  readonly batches: number;
}

export interface AvpCallsOptions {
  readonly breaker: CircuitBreaker;
  readonly metrics: Pick<Metrics, 'engineCalls' | 'engineSeconds'>;
  readonly clock: Clock;
  /** How many of each operation may be under way at once. */
  readonly concurrency: number;
  /** Left out where no quota binds. */
  readonly perSecond?: CallsPerSecond | undefined;
  /** How often a call is made at most. */
  readonly attempts: number;
  /** Makes the signal that ends the patience with one attempt, from the moment that it is made. */
  readonly deadline: () => AbortSignal;
}

/** For whom calls are made. */
export interface Occasion {
  /** How many calls are made together. */
  readonly among: number;
  /** Ends the patience with all of them, the waiting for their turn included. */
  readonly deadline: AbortSignal;
}

/** Calls that decide: within their quotas, tried again where that helps, and not made at all while none would succeed. */
export interface AvpCalls {
  /**
   * @param send one attempt; it heeds the signal
   * @throws CircuitOpenError, the reason of a signal, or what the last attempt failed with
   */
  make<Output>(
    operation: DecidingOperation,
    send: (signal: AbortSignal) => Promise<Output>,
    occasion: Occasion,
  ): Promise<Output>;
  /** How many single questions could be asked now. */
  readonly freeSingles: number;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;

export function createAvpCalls(options: AvpCallsOptions): AvpCalls {
  const { breaker, metrics, clock, concurrency, perSecond, attempts, deadline } = options;
  const budgets: Record<DecidingOperation, CallBudget> = {
    IsAuthorized: createCallBudget({ clock, concurrency, perSecond: perSecond?.singles }),
    BatchIsAuthorized: createCallBudget({ clock, concurrency, perSecond: perSecond?.batches }),
  };

  /** One attempt, when its turn comes. */
  const attempt = <Output>(
    operation: DecidingOperation,
    send: (signal: AbortSignal) => Promise<Output>,
    { among, deadline: whole }: Occasion,
  ): Promise<Output> =>
    budgets[operation].run(
      async () => {
        const own = deadline();
        try {
          return await untilAborted(AbortSignal.any([own, whole]), send);
        } catch (error) {
          throw own.aborted && !whole.aborted ? new UnansweredError({ cause: error }) : error;
        }
      },
      among,
      whole,
    );

  return {
    async make(operation, send, occasion) {
      const { deadline: whole } = occasion;
      const count = (outcome: CallOutcome) => metrics.engineCalls.inc({ engine: 'avp', operation, outcome });
      const passage = passOr(breaker, () => count('open'));
      const done = metrics.engineSeconds.startTimer({ engine: 'avp', operation });
      try {
        const tried = pRetry(() => attempt(operation, send, occasion), {
          retries: attempts - 1,
          minTimeout: FIRST_PAUSE_MS,
          maxTimeout: LONGEST_PAUSE_MS,
          // Each pause is up to twice as long, by chance, so that those who failed together do not come back together.
          randomize: true,
          signal: whole,
          // Whoever waited in vain once does not wait again.
          shouldRetry: ({ error }) =>
            !whole.aborted && !(error instanceof UnansweredError) && isWorthRepeating(error),
        });
        const output = await untilAborted(whole, () => tried);
        passage.succeeded();
        count('answered');
        return output;
      } catch (error) {
        const outcome = outcomeOf(error, whole);
        note(outcome, error, passage);
        count(outcome);
        throw error;
      } finally {
        done();
      }
    },
    get freeSingles() {
      return budgets.IsAuthorized.free;
    },
  };
}

function passOr(breaker: CircuitBreaker, onOpen: () => void) {
  try {
    return breaker.pass();
  } catch (error) {
    if (error instanceof CircuitOpenError) onOpen();
    throw error;
  }
}

/** The types of the SDK's errors are wider than what these ask for. */
const isWorthRepeating = (error: Error): boolean =>
  isThrottlingError(error as never) || isTransientError(error as never) || isServerError(error as never);

function outcomeOf(error: unknown, whole: AbortSignal): CallOutcome {
  if (error instanceof ValidationException) return 'refused';
  if (error instanceof UnansweredError || whole.aborted) return 'timeout';
  return error instanceof Error && isThrottlingError(error as never) ? 'throttled' : 'failed';
}

/**
 * What an ended call tells the circuit breaker. Neither somebody's many questions, which wait for their turn until their time
 * is over, nor a quota that they use up, are a failure of the service: else one caller could close it to all the others.
 */
function note(outcome: CallOutcome, error: unknown, passage: Passage): void {
  if (outcome === 'refused' || outcome === 'throttled') passage.succeeded();
  else if (outcome === 'timeout' && !(error instanceof UnansweredError)) passage.abandoned();
  else passage.failed();
}
