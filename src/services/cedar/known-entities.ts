import { indexEntities, namedBy, reachableEntities, type EntityIndex } from './entity-closure.js';
import { screenJson } from './screening.js';
import { formatUid, isEntityUid, type CedarEntity, type EntityUid } from './values.js';

/** Entity attributes sit deeper in what is sent than a context does. */
const ENTITY_LIMITS = { maxDepth: 100, maxSize: 1_048_576 };

/** What is known of the entities of any number of questions: looked through once, however many there are. */
export class KnownEntities {
  readonly #names = new Map<CedarEntity, readonly string[]>();

  private constructor(
    readonly index: EntityIndex,
    /** Why no question about them can be handed to the engine, where that is so. */
    readonly refusal: string | undefined,
  ) {}

  static of(entities: readonly CedarEntity[] | KnownEntities): KnownEntities {
    if (entities instanceof KnownEntities) return entities;
    const refusal = screenEntities(entities);
    return new KnownEntities(indexEntities(refusal === undefined ? entities : []), refusal);
  }

  /** What a decision that starts from these entities and values can come to look at. */
  reachableFrom(roots: Iterable<EntityUid>, values: Iterable<unknown>): CedarEntity[] {
    return reachableEntities(roots, values, this.index, (entity) => {
      const names = this.#names.get(entity) ?? namedBy(entity);
      this.#names.set(entity, names);
      return names;
    });
  }
}

/** Why entities cannot be handed to the engine, whatever their type promises; undefined when they can. */
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
