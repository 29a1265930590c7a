import { refusalOfContext } from './schema.js';
import { screenJson } from './screening.js';
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
  /** What is known of the entities; of several entries with one uid the last counts. */
  readonly entities?: readonly CedarEntity[];
  /** Whether the types of principal and resource must suit the action in the schema, where there is one. True by default.
   * An action or a context that the schema does not know is refused either way. */
  readonly validateRequest?: boolean;
}

/** Entity attributes sit deeper in what is sent than a context does. */
const ENTITY_LIMITS = { maxDepth: 100, maxSize: 1_048_576 };

/** Why a request cannot be handed to the engine, whatever its types promise; undefined when it can. */
export function screenRequest(request: AuthorizationRequest): string | undefined {
  const { principal, action, resource, context = {}, entities = [] } = request;
  for (const [role, uid] of Object.entries({ principal, action, resource })) {
    if (!isEntityUid(uid)) return `The ${role} is not an entity.`;
  }
  if (!isActionType(action.type)) return `${formatUid(action)} is not an action.`;
  return refusalOfContext(context) ?? screenEntities(entities);
}

function screenEntities(entities: readonly CedarEntity[]): string | undefined {
  if (!Array.isArray(entities)) return 'The entities are not a list.';
  for (const entity of entities) {
    const refusal = screenEntity(entity);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function screenEntity(entity: unknown): string | undefined {
  if (typeof entity !== 'object' || entity === null) return 'An entity is not a record.';
  const { uid, attrs, parents, tags = {} } = entity as Partial<Record<keyof CedarEntity, unknown>>;
  if (!isEntityUid(uid)) return 'An entity has no well-formed uid.';
  if (!Array.isArray(parents) || !parents.every(isEntityUid)) {
    return `The parents of ${formatUid(uid)} are not a list of entities.`;
  }
  for (const [part, record] of Object.entries({ attributes: attrs, tags })) {
    if (typeof record !== 'object' || record === null || Array.isArray(record)) {
      return `The ${part} of ${formatUid(uid)} are not a record.`;
    }
    const screening = screenJson(record, ENTITY_LIMITS);
    if (!screening.ok) return `In the ${part} of ${formatUid(uid)}: ${screening.message}`;
  }
  return undefined;
}
