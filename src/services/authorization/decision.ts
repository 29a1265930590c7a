import type { EntityUid } from './question.js';

export type Effect = 'ALLOW' | 'DENY';

/** Why a decision is what it is; see DecisionReason in the schema. */
export type DecisionReason = 'PERMITTED' | 'FORBIDDEN' | 'NOT_PERMITTED' | 'INVALID' | 'UNAVAILABLE';

/** The answer to one question. `allowed` is true only where an engine answered ALLOW. */
export interface Decision {
  readonly allowed: boolean;
  readonly effect: Effect;
  readonly reason: DecisionReason;
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  /** The engine's ids of the policies that decided. */
  readonly determiningPolicies: readonly string[];
  /** What went wrong while evaluating, or what is wrong with the question. */
  readonly errors: readonly string[];
  readonly source: 'ENGINE' | 'CACHE';
  readonly evaluatedAt: Date;
}

/** What a decision comes to, apart from whom it is about. */
export type Verdict = Pick<Decision, 'reason' | 'determiningPolicies' | 'errors'>;
