import { systemClock, type Clock } from '../src/services/clock.js';

/** The machine's clock, so far ahead as it was put: nobody waits for what passes with time. */
export class FuzzClock implements Clock {
  #aheadMs = 0;

  now(): Date {
    return new Date(systemClock.now().getTime() + this.#aheadMs);
  }

  advance(milliseconds: number): void {
    this.#aheadMs += milliseconds;
  }
}
