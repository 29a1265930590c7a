import type { LimitSubjects } from './limit-subjects.js';
import type { SlidingWindow } from './sliding-window.js';

/** What limits on calls are counted with. */
export interface RateLimiting {
  readonly window: SlidingWindow;
  /** The same places, for what goes on where they cannot be counted. */
  readonly waivableWindow: SlidingWindow;
  readonly subjects: LimitSubjects;
}
