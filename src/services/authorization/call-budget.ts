import PQueue from 'p-queue';

import type { Clock } from '../clock.js';

/** Calls that come off one quota. */
export interface CallBudget {
  /**
   * Makes a call when its turn comes; as a rejection with the signal's reason where that comes first, and the call is then
   * never made. `among` is how many are made together: the fewer, the sooner, so that nobody's one question waits for somebody's
   * thousand.
   */
  run<Output>(call: () => Promise<Output>, among: number, signal: AbortSignal): Promise<Output>;
  /** How many calls could begin now. */
  readonly free: number;
}

export interface CallBudgetOptions {
  /** How many calls may begin within any second; as many as may be under way at once, when left out. */
  readonly perSecond?: number | undefined;
  /** How many may be under way at once. */
  readonly concurrency: number;
  readonly clock: Clock;
}

const SECOND_MS = 1_000;

export function createCallBudget({ perSecond, concurrency, clock }: CallBudgetOptions): CallBudget {
  const queue = new PQueue({
    concurrency,
    // A fixed window would let two windows' worth through at its border.
    ...(perSecond !== undefined && { intervalCap: perSecond, interval: SECOND_MS, strict: true }),
  });
  /** When the calls of the last second began, the oldest first. */
  const begun: number[] = [];

  const forgetOld = () => {
    const now = clock.now().getTime();
    const old = begun.findIndex((at) => at > now - SECOND_MS);
    begun.splice(0, old === -1 ? begun.length : old);
  };

  return {
    run(call, among, signal) {
      return queue.add(
        () => {
          forgetOld();
          if (perSecond !== undefined) begun.push(clock.now().getTime());
          return call();
        },
        { signal, priority: -among },
      );
    },
    get free() {
      forgetOld();
      const under = concurrency - queue.pending;
      const within = perSecond === undefined ? under : Math.min(under, perSecond - begun.length);
      return Math.max(0, within - queue.size);
    },
  };
}
