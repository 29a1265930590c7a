import type { Clock } from '../../src/services/clock.js';

/** A clock that stands still until it is told to go on. */
export class FakeClock implements Clock {
  constructor(private time: Date = new Date()) {}

  now(): Date {
    return new Date(this.time);
  }

  advance(milliseconds: number): void {
    this.time = new Date(this.time.getTime() + milliseconds);
  }
}
