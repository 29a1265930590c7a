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
  const names = new Set(parents.map(formatUid));
  for (const record of [attrs, tags]) collectUids(record, (uid) => names.add(formatUid(uid)));
  return [...names];
}

/** The entity itself and everything that it is in, by whatever number of steps. */
export function lineageOf(uid: EntityUid, entities: EntityIndex): ReadonlySet<string> {
  const lineage = new Set([formatUid(uid)]);
  // A Set may grow while it is walked through.
  for (const key of lineage) {
    for (const parent of entities.get(key)?.parents ?? []) lineage.add(formatUid(parent));
  }
  return lineage;
}

/**
 * The entities that a decision can come to look at: those it starts from, what their parents, attributes and tags name, and
 * so on. Cedar has no other way from one entity to the next, so leaving out the rest changes no answer.
 * @param namesOf `namedBy`, for who remembers what it says
 */
export function reachableEntities(
  roots: Iterable<EntityUid>,
  values: Iterable<unknown>,
  entities: EntityIndex,
  namesOf: typeof namedBy = namedBy,
): CedarEntity[] {
  const reached = new Set<string>();
  for (const root of roots) reached.add(formatUid(root));
  for (const value of values) collectUids(value, (uid) => reached.add(formatUid(uid)));

  const found: CedarEntity[] = [];
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
    for (const child of Object.values(next)) pending.push(child);
  }
}
