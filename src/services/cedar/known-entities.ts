import { collectUids, namedBy, reachableEntities } from './entity-closure.js';
import { screenJson } from './screening.js';
import { formatUid, isActionType, isEntityUid, type CedarEntity, type EntityUid } from './values.js';

/** Entity attributes sit deeper in what is sent than a context does. */
const ENTITY_LIMITS = { maxDepth: 100, maxSize: 1_048_576 };

/** What is known of the entities of any number of questions: looked through once, however many there are. */
export class KnownEntities {
  /** Of several with one uid the last counts, as in Verified Permissions; action entities are dropped. */
  readonly #entities = new Map<string, CedarEntity>();
  readonly #lineages = new Map<string, ReadonlySet<string>>();
  readonly #names = new Map<CedarEntity, readonly string[]>();
  readonly #concluded = new Map<object, unknown>();
  /** Why no question about them can be handed to the engine, where that is so. */
  readonly refusal: string | undefined;

  private constructor(entities: readonly CedarEntity[]) {
    this.refusal = screenEntities(entities);
    if (this.refusal !== undefined) return;
    for (const entity of entities) {
      if (!isActionType(entity.uid.type)) this.#entities.set(formatUid(entity.uid), entity);
    }
  }

  static of(entities: readonly CedarEntity[] | KnownEntities): KnownEntities {
    return entities instanceof KnownEntities ? entities : new KnownEntities(entities);
  }

  /** The entity itself and everything that it is in, by whatever number of steps. All by `formatUid`. */
  lineageOf(key: string): ReadonlySet<string> {
    const parents = this.#entities.get(key)?.parents;
    // Nearly every resource: there is nothing to remember of those.
    if (parents === undefined || parents.length === 0) return new Set([key]);
    const known = this.#lineages.get(key);
    if (known !== undefined) return known;
    const lineage = new Set([key]);
    // A Set may grow while it is walked through.
    for (const member of lineage) {
      for (const parent of this.#entities.get(member)?.parents ?? []) lineage.add(formatUid(parent));
    }
    this.#lineages.set(key, lineage);
    return lineage;
  }

  /** What a decision that starts from these entities, by `formatUid`, and this context can come to look at. */
  reachableFrom(roots: Iterable<string>, context: unknown): CedarEntity[] {
    const reached = new Set(roots);
    collectUids(context, (uid) => reached.add(formatUid(uid)));
    return reachableEntities(reached, this.#entities, (entity) => this.namesOf(entity));
  }

  /**
   * What `by` has come to about these entities, kept as long as they are. A WeakMap of whoever concludes it would keep it longer:
   * what a minor collection finds in one survives it.
   */
  concluded<Conclusions>(by: object, begin: () => Conclusions): Conclusions {
    const known = this.#concluded.get(by) as Conclusions | undefined;
    if (known !== undefined) return known;
    const begun = begin();
    this.#concluded.set(by, begun);
    return begun;
  }

  /** What an entity's parents, attributes and tags name, by `formatUid`. */
  namesOf(entity: CedarEntity): readonly string[] {
    const names = this.#names.get(entity) ?? namedBy(entity);
    this.#names.set(entity, names);
    return names;
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
  const { uid, attrs, parents, tags } = entity as Partial<Record<keyof CedarEntity, unknown>>;
  if (!isEntityUid(uid)) return 'An entity has no well-formed uid.';
  if (!Array.isArray(parents) || !parents.every(isEntityUid)) {
    return `The parents of ${formatUid(uid)} are not a list of entities.`;
  }
  return (
    refusalOfRecord('attributes', attrs, uid) ??
    (tags === undefined ? undefined : refusalOfRecord('tags', tags, uid))
  );
}

function refusalOfRecord(part: string, record: unknown, uid: EntityUid): string | undefined {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    return `The ${part} of ${formatUid(uid)} are not a record.`;
  }
  const screening = screenJson(record, ENTITY_LIMITS);
  return screening.ok ? undefined : `In the ${part} of ${formatUid(uid)}: ${screening.message}`;
}
