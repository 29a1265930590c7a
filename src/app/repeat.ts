import { setTimeout } from 'node:timers/promises';

/**
 * Does something at once and then again and again, one time after the other. It keeps no process alive.
 *
 * @param work never rejects
 * @param everyMs how long to pause after each time, in milliseconds; asked each time where it is a function
 * @returns what stops it, and resolves once the work under way has ended
 */
export function repeat(work: () => Promise<void>, everyMs: number | (() => number)): () => Promise<void> {
  const stop = new AbortController();
  const pause = () =>
    setTimeout(typeof everyMs === 'number' ? everyMs : everyMs(), undefined, {
      ref: false,
      signal: stop.signal,
    }).catch(() => undefined);
  const working = (async () => {
    while (!stop.signal.aborted) {
      await work();
      await pause();
    }
  })();
  return async () => {
    stop.abort();
    await working;
  };
}
