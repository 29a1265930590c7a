import type { Step } from './stage.js';

/** Something that goes wrong while questions are under way, by chances of its own. */
export interface Mishap extends Step {
  /** Whether every question can be answered all the same. */
  readonly isHarmless: boolean;
  /** Whether two engines may decide by different policies meanwhile. */
  readonly changesPolicies?: boolean;
  happen(): Promise<void>;
}
