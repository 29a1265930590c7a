/** The source of time. Everything that asks what time it is takes one, so that tests can hold it still. */
export interface Clock {
  /** The present instant. */
  now(): Date;
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() };
