import type { Effect } from './decision.js';
import type { CedarEntity, Question } from './question.js';

/** What an engine says to one question. */
export type Ruling =
  | {
      readonly kind: 'answered';
      readonly effect: Effect;
      readonly determiningPolicies: readonly string[];
      readonly errors: readonly string[];
    }
  /** The engine refuses the question itself. */
  | { readonly kind: 'invalid'; readonly errors: readonly string[] }
  /** The engine could not be asked, or its answer makes no sense. */
  | { readonly kind: 'unavailable' };

/**
 * An engine that decides. It never throws: what it could not decide is `unavailable`, and whoever
 * asked denies.
 */
export interface Authorizer {
  /**
   * Rules on every question, in the order asked. The questions are distinct; `entities` holds
   * everything known of the principals and resources they name, and of those entities' parents. What is not ruled on
   * when `deadline` is aborted is unavailable.
   */
  authorize(
    questions: readonly Question[],
    entities: readonly CedarEntity[],
    deadline?: AbortSignal,
  ): Promise<readonly Ruling[]>;
}
