import { setImmediate } from 'node:timers/promises';

import type { Clock } from '../clock.js';

/** Some ten decisions over few entities: as many turns for them would cost more than they delay anybody. */
const LONGEST_TURN_MS = 2;

/**
 * Makes a function to call between the pieces of a long computation: what it answers is to be waited for, so that others get
 * their turn, and is undefined as long as the present turn is short.
 */
export function createTurns(clock: Clock): () => Promise<void> | undefined {
  let began = clock.now().getTime();
  return () => {
    if (clock.now().getTime() - began < LONGEST_TURN_MS) return undefined;
    return setImmediate().then(() => {
      began = clock.now().getTime();
    });
  };
}
