/** How much is admitted: at most `max` within any `windowMs` milliseconds. Both are positive integers. */
export interface WindowLimit {
  readonly max: number;
  readonly windowMs: number;
}

/** What came of asking for a place in a window. Times are milliseconds from now. */
export interface WindowVerdict {
  readonly admitted: boolean;
  /** How much more is admitted at this moment. */
  readonly remaining: number;
  /** When `remaining` grows next; 0 where nothing was admitted within the window. */
  readonly resetMs: number;
  /** When as much would be admitted as was refused; 0 where it was not. */
  readonly retryAfterMs: number;
}

/**
 * Admits so much within any stretch of time, for all who share the store. What is refused is not counted.
 *
 * Up to 600 calls are each remembered with their millisecond. Beyond, time goes in steps of a 600th of the window, and what is
 * admitted counts as of the end of its step: so a key takes 601 entries at most, however much it admits, and is held a step too long
 * rather than too short.
 */
export interface SlidingWindow {
  /**
   * Takes `count` places at once, or none.
   *
   * @param key whose places; one key goes with one limit
   * @param count a positive integer, at most the limit's `max`
   * @throws PortcullisError UPSTREAM_UNAVAILABLE (as a rejection) where nothing can be counted
   */
  take(key: string, limit: WindowLimit, count: number): WindowVerdict | Promise<WindowVerdict>;
}

const MAX_ENTRIES = 600;

/** The length of a step, in milliseconds. */
export const stepOf = ({ max, windowMs }: WindowLimit): number =>
  max <= MAX_ENTRIES ? 1 : Math.ceil(windowMs / MAX_ENTRIES);
