import { untilAborted } from '../authorization/deadline.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { Dependency, DependencyState } from './dependency.js';

export interface WatchOptions {
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'info' | 'warn'>;
  /** Makes the signal that ends the patience with one check; two seconds by default. */
  readonly deadline?: (() => AbortSignal) | undefined;
}

/** For how long it is not up without being asked again, at most, in milliseconds: who is back is sent requests soon. */
const NOT_UP_MS = 1_000;

/**
 * Makes a function that says how a dependency is. Whoever asks while it is being checked gets the outcome of that check. Why
 * it is down is for the log, once each time that it goes down; the function never rejects.
 */
export function watchDependency(
  { name, goodForMs, check }: Dependency,
  { clock, logger, deadline = () => AbortSignal.timeout(2_000) }: WatchOptions,
): () => Promise<DependencyState> {
  let state: DependencyState = 'up';
  let goodUntil = -Infinity;
  let underWay: Promise<DependencyState> | undefined;
  const now = () => clock.now().getTime();

  const ask = async (): Promise<DependencyState> => {
    try {
      const answer = await untilAborted(deadline(), check);
      if (state === 'down') logger.info({ dependency: name }, 'A dependency is back.');
      state = answer === 'stale' || answer === 'failing' ? answer : 'up';
    } catch (error) {
      if (state !== 'down') logger.warn({ dependency: name, err: error }, 'A dependency is down.');
      state = 'down';
    } finally {
      goodUntil = now() + (state === 'up' ? goodForMs : Math.min(goodForMs, NOT_UP_MS));
      underWay = undefined;
    }
    return state;
  };

  return async () => (now() < goodUntil ? state : (underWay ??= ask()));
}
