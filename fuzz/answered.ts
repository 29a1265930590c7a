import type { Decision } from '../src/services/authorization/decision.js';
import type { LoadedEntities } from '../src/services/authorization/entity-source.js';
import type { FuzzQuestion } from './questions.js';
import type { Reign } from './reigns.js';

/** A question with its answer, and all that it is to be judged by. */
export interface Answered extends FuzzQuestion {
  readonly decision: Pick<Decision, 'allowed' | 'effect' | 'reason' | 'source'> & {
    /** Null where the asker may not see them. */
    readonly determiningPolicies: readonly string[] | null;
    readonly errors: readonly string[] | null;
  };
  readonly tookMs: number;
  /** Whether it took so long that the engine's time may have been up. */
  readonly isLate: boolean;
  readonly reigns: readonly Reign[];
  readonly loaded: LoadedEntities;
  /** The names of what the context of its action declares; undefined where there is no schema. */
  readonly declared: readonly string[] | undefined;
  /** Which engine answered, and over what. */
  readonly setting: string;
}
