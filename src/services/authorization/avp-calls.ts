import { ValidationException } from '@aws-sdk/client-verifiedpermissions';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import pRetry from 'p-retry';

import type { Clock } from '../clock.js';
import type { CallOutcome, Metrics } from '../telemetry/metrics.js';
import { createCallBudget, type CallBudget } from './call-budget.js';
import { CircuitOpenError, type CircuitBreaker } from './circuit-breaker.js';
import { untilAborted } from './deadline.js';

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
}

/** Calls that decide: within their quotas, tried again where that helps, and not made at all while none would succeed. */
export interface AvpCalls {
  /**
   * @param send one attempt; it heeds the signal
   * @param signal ends the patience with all attempts together
   * @throws CircuitOpenError, the signal's reason, or what the last attempt failed with
   */
  make<Output>(
    operation: DecidingOperation,
    send: (signal: AbortSignal) => Promise<Output>,
    signal: AbortSignal,
  ): Promise<Output>;
  /** How many single questions could be asked now. */
  readonly freeSingles: number;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 500;

export function createAvpCalls(options: AvpCallsOptions): AvpCalls {
  const { breaker, metrics, clock, concurrency, perSecond, attempts } = options;
  const budgets: Record<DecidingOperation, CallBudget> = {
    IsAuthorized: createCallBudget({ clock, concurrency, perSecond: perSecond?.singles }),
    BatchIsAuthorized: createCallBudget({ clock, concurrency, perSecond: perSecond?.batches }),
  };

  const tried = <Output>(operation: DecidingOperation, send: () => Promise<Output>, signal: AbortSignal) =>
    pRetry(() => budgets[operation].run(send, signal), {
      retries: attempts - 1,
      minTimeout: FIRST_PAUSE_MS,
      maxTimeout: LONGEST_PAUSE_MS,
      // Each pause is up to twice as long, by chance, so that those who failed together do not come back together.
      randomize: true,
      signal,
      shouldRetry: ({ error }) => !signal.aborted && isWorthRepeating(error),
    });

  return {
    async make(operation, send, signal) {
      const count = (outcome: CallOutcome) => metrics.engineCalls.inc({ engine: 'avp', operation, outcome });
      const passage = passOr(breaker, () => count('open'));
      const done = metrics.engineSeconds.startTimer({ engine: 'avp', operation });
      try {
        const output = await untilAborted(signal, () => tried(operation, () => send(signal), signal));
        passage.succeeded();
        count('answered');
        return output;
      } catch (error) {
        const outcome = outcomeOf(error, signal);
        // Who refuses a question is there.
        if (outcome === 'refused') passage.succeeded();
        else passage.failed();
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

function outcomeOf(error: unknown, signal: AbortSignal): CallOutcome {
  if (error instanceof ValidationException) return 'refused';
  if (signal.aborted) return 'timeout';
  return error instanceof Error && isThrottlingError(error as never) ? 'throttled' : 'failed';
}
