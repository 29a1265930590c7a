import type { CedarEntity, CedarRecord, CedarValue, EntityUid } from '../src/services/cedar/values.js';
import type { Chance } from './chance.js';
import { qualified, type Attributes, type Kind, type Model } from './model.js';

/** Ids that are often met again. */
const PLAIN_IDS = ['a', 'b', 'c', 'd', 'e'];
/** Ids that something on the way may take for others, or for none. */
const ODD_IDS = [
  '"',
  '\\',
  '\\"',
  'a"::b',
  'a\nb',
  'a\r\n',
  '\0',
  'a\0',
  ' a',
  'a ',
  'а', // Cyrillic
  'a\u200d',
  '\ufeffa',
  '\u00e9', // NFC
  'e\u0301', // NFD
  'A',
  '💥',
  '__proto__',
  'constructor',
  '*',
  '${a}',
  "a'--",
  'x'.repeat(200),
];

export const anyId = (chance: Chance): string => chance.pick(chance.happens(0.85) ? PLAIN_IDS : ODD_IDS);
export const oddId = (chance: Chance): string => chance.pick(ODD_IDS);

export const anyUid = (chance: Chance, model: Model, types = Object.keys(model.types)): EntityUid => ({
  type: qualified(model, chance.pick(types)),
  id: anyId(chance),
});

const STRINGS = ['', 'x', 'xy', '*', 'é', '"', '💥'];
const LONGS = [0, 1, 2, 3, -1, 7, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];

/** A value of the kind, in one of the forms that Cedar's JSON has for it. */
export function valueOf(chance: Chance, model: Model, kind: Kind): CedarValue {
  if (kind === 'Long') return chance.pick(LONGS);
  if (kind === 'String') return chance.pick(STRINGS);
  if (kind === 'Boolean') return chance.happens(0.5);
  if (kind === 'ipaddr')
    return extension(chance, 'ip', chance.pick(['10.0.0.1', '10.0.0.0/8', '::1', '1.2.3.4']));
  if (kind === 'decimal') return extension(chance, 'decimal', chance.pick(['0.0', '1.5', '-2.25', '9.9999']));
  if ('entity' in kind) return reference(chance, anyUid(chance, model, [kind.entity]));
  if ('set' in kind) return chance.list(0, 3, () => valueOf(chance, model, kind.set));
  return recordOf(chance, model, kind.record);
}

/** The form without an escape is for who knows the schema. */
const extension = (chance: Chance, fn: string, arg: string): CedarValue =>
  chance.happens(0.7) ? { __extn: { fn, arg } } : arg;
const reference = (chance: Chance, uid: EntityUid): CedarValue =>
  chance.happens(0.8) ? { __entity: { ...uid } } : { ...uid };

export const recordOf = (chance: Chance, model: Model, attributes: Attributes): CedarRecord =>
  reordered(
    chance,
    Object.fromEntries(
      Object.entries(attributes)
        .filter(([, { optional }]) => !optional || chance.happens(0.6))
        .map(([name, { kind }]) => [name, valueOf(chance, model, kind)]),
    ),
  );

/** The same record to everybody who knows JSON: its members come in another order. */
export const reordered = (chance: Chance, record: CedarRecord): CedarRecord =>
  Object.fromEntries(chance.shuffled(Object.entries(record)));

/** Of one uid at most one, and no circles of parents: those come later in the order of the ids. */
export function plainEntities(chance: Chance, model: Model): CedarEntity[] {
  const ids = [...PLAIN_IDS, ...chance.some(ODD_IDS, 6)];
  return Object.entries(model.types).flatMap(([name, { parents, attributes, tagged }]) =>
    chance.some(ids).map((id): CedarEntity => ({
      uid: { type: qualified(model, name), id },
      attrs: recordOf(chance, model, attributes),
      parents: parents.flatMap((type) =>
        chance
          .some(ids.slice(ids.indexOf(id) + 1), 3)
          .map((parent) => ({ type: qualified(model, type), id: parent })),
      ),
      ...(tagged && chance.happens(0.5) && { tags: { t: chance.pick(STRINGS) } }),
    })),
  );
}

/** The entities, of which two of a type have changed places: what was true of the one is true of the other. */
export function exchanged(
  entities: readonly CedarEntity[],
  [one, other]: readonly [CedarEntity, CedarEntity],
): readonly CedarEntity[] {
  // With the parents of somebody else, one could come to be its own, where parents are of the type of their children.
  const isSafe = [one, other].every(({ uid, parents }) => parents.every(({ type }) => type !== uid.type));
  const inPlaceOf = (place: CedarEntity, entity: CedarEntity): CedarEntity => ({
    ...entity,
    uid: place.uid,
    parents: isSafe ? entity.parents : place.parents,
  });
  return entities.map((entity) => {
    if (entity === one) return inPlaceOf(one, other);
    return entity === other ? inPlaceOf(other, one) : entity;
  });
}

/** What is wrong with some entities. */
export type EntityFault = 'circle' | 'deep' | 'wrong value' | 'twice' | 'null' | 'an action';

/** So long is the longest line of parents. */
const DEEPEST = 20_000;

/** The entities with something wrong among them. */
export function spoilEntities(
  chance: Chance,
  model: Model,
  entities: readonly CedarEntity[],
): { entities: readonly CedarEntity[]; fault: EntityFault } {
  const fault = chance.pick<EntityFault>([
    'circle',
    'circle',
    'wrong value',
    'wrong value',
    'twice',
    'null',
    'an action',
    ...(chance.happens(0.3) ? (['deep'] as const) : []),
  ]);
  const [name = '', { attributes, parents: [parentType = ''] = [] } = { attributes: {}, parents: [] }] =
    chance.pick(Object.entries(model.types).filter(([, { parents }]) => parents.length > 0));
  const uid = { type: qualified(model, name), id: anyId(chance) };
  const parent = (id: string) => ({ type: qualified(model, parentType), id });
  const attrs = recordOf(chance, model, attributes);
  const bare = (parentUid: EntityUid, ...parents: EntityUid[]): CedarEntity => ({
    uid: parentUid,
    attrs: {},
    parents,
  });
  const added = (): CedarEntity[] => {
    switch (fault) {
      case 'circle':
        return [
          { uid, attrs, parents: [parent('c1')] },
          bare(parent('c1'), parent('c2')),
          bare(parent('c2'), parent('c1')),
        ];
      case 'deep':
        return [
          { uid, attrs, parents: [parent('deep 0')] },
          ...Array.from({ length: chance.pick([120, 999, 1_001, 5_000, DEEPEST]) }, (_, index) =>
            bare(parent(`deep ${index}`), parent(`deep ${index + 1}`)),
          ),
        ];
      case 'wrong value':
        return [
          {
            uid,
            attrs: {
              ...attrs,
              [chance.pick(['level', 'a', 'suspended', 'odd'])]: chance.pick<CedarValue>([
                '?',
                [],
                {},
                { __extn: { fn: 'ip', arg: 'x' } },
                { __entity: { type: '', id: '' } },
              ]),
            },
            parents: [],
          },
        ];
      case 'twice':
        return [
          { uid, attrs, parents: [] },
          {
            uid,
            attrs: recordOf(chance, model, attributes),
            parents: [parent(anyId(chance))].filter(({ id }) => id > uid.id),
          },
        ];
      case 'null':
        return [{ uid, attrs: { ...attrs, odd: null as never }, parents: [] }];
      case 'an action':
        return [
          bare({ type: qualified(model, 'Action'), id: Object.keys(model.actions)[0] ?? '' }, parent('a')),
        ];
    }
  };
  return { entities: chance.happens(0.5) ? [...entities, ...added()] : [...added(), ...entities], fault };
}
