import { formatUid, isActionType, isEntityUid, type CedarEntity, type EntityUid } from './values.js';

/** The entities of a request, each once, by `formatUid`. */
export type EntityIndex = ReadonlyMap<string, CedarEntity>;

/** Indexes entities. Of several with one uid the last counts, as in Verified Permissions; action entities are dropped. */
export function indexEntities(entities: readonly CedarEntity[]): EntityIndex {
  return new Map(
    entities.filter(({ uid }) => !isActionType(uid.type)).map((entity) => [formatUid(entity.uid), entity]),
  );
}

/** What an entity's parents, attributes and tags name, by `formatUid`. */
export function namedBy({ parents, attrs, tags }: CedarEntity): readonly string[] {
  const names = parents.map(formatUid);
  collectUids(attrs, (uid) => names.push(formatUid(uid)));
  if (tags !== undefined) collectUids(tags, (uid) => names.push(formatUid(uid)));
  return names;
}

/**
 * The entities that a decision can come to look at: those it starts from, what their parents, attributes and tags name, and
 * so on. Cedar has no other way from one entity to the next, so leaving out the rest changes no answer.
 * @param reached where it starts, by `formatUid`; whatever else is named is added
 * @param namesOf `namedBy`, for who remembers what it says
 */
export function reachableEntities(
  reached: Set<string>,
  entities: Pick<EntityIndex, 'get'>,
  namesOf: typeof namedBy = namedBy,
): CedarEntity[] {
  const found: CedarEntity[] = [];
  // A Set may grow while it is walked through.
  for (const key of reached) {
    const entity = entities.get(key);
    if (entity === undefined) continue;
    found.push(entity);
    for (const name of namesOf(entity)) reached.add(name);
  }
  return found;
}

/**
 * Every uid within a JSON value: where the schema says that an attribute is an entity, `{ type, id }` names one without the
 * `__entity` escape, so whatever has that shape is taken for one. Iterative, since values and policies may be deep.
 */
export function collectUids(value: unknown, found: (uid: EntityUid) => void): void {
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (isEntityUid(next)) found(next);
    for (const child of Object.values(next)) if (typeof child === 'object') pending.push(child);
  }
}
