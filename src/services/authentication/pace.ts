import { setTimeout } from 'node:timers/promises';

import type { Clock } from '../clock.js';

/**
 * Does work whose answer must not tell, by the time that it takes, what was found: it is held back until the step ends in which
 * it came, and so is a failure. The work for an account is more than that for none (a code is written, a mail goes out), and at
 * AWS it is not ours to make alike.
 */
export type Pace = <Answer>(work: () => Promise<Answer>) => Promise<Answer>;

export interface PaceDependencies {
  /** Milliseconds: longer than the work takes as a rule. What takes longer waits for the end of the next step. */
  readonly stepMs: number;
  readonly clock: Clock;
  /** Resolves after so many milliseconds. */
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

export function createPace({ stepMs, clock, sleep = setTimeout }: PaceDependencies): Pace {
  return async (work) => {
    const startedAt = clock.now().getTime();
    try {
      return await work();
    } finally {
      // A clock that was put back has seen no time go by.
      const elapsed = Math.max(clock.now().getTime() - startedAt, 0);
      await sleep(stepMs - (elapsed % stepMs));
    }
  };
}
