import type { KnownEntities } from './known-entities.js';
import { refusalOfContext } from './schema.js';
import {
  formatUid,
  isActionType,
  isEntityUid,
  type CedarEntity,
  type CedarRecord,
  type EntityUid,
} from './values.js';

/** May `principal` do `action` to `resource`? */
export interface AuthorizationRequest {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context?: CedarRecord;
  /** What is known of the entities; of several entries with one uid the last counts. Many questions may share them. */
  readonly entities?: readonly CedarEntity[] | KnownEntities;
  /** Whether the types of principal and resource must suit the action in the schema, where there is one. True by default.
   * An action or a context that the schema does not know is refused either way. */
  readonly validateRequest?: boolean;
  /**
   * Whether policies may go on from the entities that they themselves name, as in Cedar. True by default. Where it is false, an
   * answer rests on the question and on what that leads to alone, whoever else's entities are known, so that it can be kept.
   */
  readonly followsLiterals?: boolean;
}

/** Why a request cannot be handed to the engine, whatever its types promise; undefined when it can. Entities apart. */
export function screenRequest(request: AuthorizationRequest): string | undefined {
  const { principal, action, resource, context = {} } = request;
  if (!isEntityUid(principal)) return 'The principal is not an entity.';
  if (!isEntityUid(action)) return 'The action is not an entity.';
  if (!isEntityUid(resource)) return 'The resource is not an entity.';
  if (!isActionType(action.type)) return `${formatUid(action)} is not an action.`;
  return refusalOfContext(context);
}
