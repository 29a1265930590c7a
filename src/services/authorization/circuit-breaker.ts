import type { Clock } from '../clock.js';
import type { Randomness } from '../randomness.js';

/** Nobody was asked: whoever would be has failed too often of late. */
export class CircuitOpenError extends Error {
  override readonly name = 'CircuitOpenError';
}

/** One call that was let through; it says how it went, once. */
export interface Passage {
  succeeded(): void;
  failed(): void;
  /** It ended for reasons of who made it, and tells nothing of who was called. */
  abandoned(): void;
}

export interface CircuitBreaker {
  /** Lets a call through. @throws CircuitOpenError at once while calls are not worth making */
  pass(): Passage;
  readonly isOpen: boolean;
}

export interface CircuitBreakerOptions {
  readonly clock: Clock;
  readonly randomness: Pick<Randomness, 'integer'>;
  /** Told each time that it opens or closes. */
  readonly onChange?: (isOpen: boolean) => void;
  /** How many calls must fail with none succeeding in between. */
  readonly failures?: number;
}

type State =
  | { readonly phase: 'closed'; readonly failures: number }
  | { readonly phase: 'open'; readonly until: number; readonly pauseMs: number }
  /** One call is under way, to see whether others may be. */
  | { readonly phase: 'probing'; readonly pauseMs: number };

const FAILURES = 5;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/**
 * Spares a service that fails, and those who would wait for it: after a row of failures nothing is let through for a second,
 * then one call, and everything again once that has succeeded; each failure of such a call doubles the pause, up to half a
 * minute. Pauses are lengthened by up to a quarter, so that instances do not try all at once.
 */
export function createCircuitBreaker({
  clock,
  randomness,
  onChange = () => {},
  failures: tolerated = FAILURES,
}: CircuitBreakerOptions): CircuitBreaker {
  let state: State = { phase: 'closed', failures: 0 };
  const now = () => clock.now().getTime();

  const open = (pauseMs: number) => {
    state = { phase: 'open', until: now() + pauseMs + randomness.integer(Math.ceil(pauseMs / 4)), pauseMs };
    onChange(true);
  };

  const everyday: Passage = {
    succeeded() {
      if (state.phase === 'closed') state = { phase: 'closed', failures: 0 };
    },
    failed() {
      if (state.phase !== 'closed') return;
      const failures = state.failures + 1;
      if (failures < tolerated) state = { phase: 'closed', failures };
      else open(FIRST_PAUSE_MS);
    },
    abandoned() {},
  };

  const probe = (pauseMs: number): Passage => ({
    succeeded() {
      state = { phase: 'closed', failures: 0 };
      onChange(false);
    },
    failed: () => open(Math.min(pauseMs * 2, LONGEST_PAUSE_MS)),
    // The next call may try.
    abandoned: () => void (state = { phase: 'open', until: now(), pauseMs }),
  });

  return {
    pass() {
      if (state.phase === 'closed') return everyday;
      if (state.phase === 'probing' || now() < state.until)
        throw new CircuitOpenError('The circuit is open.');
      const { pauseMs } = state;
      state = { phase: 'probing', pauseMs };
      return probe(pauseMs);
    },
    get isOpen() {
      return state.phase !== 'closed';
    },
  };
}
