import type { EntityIndex } from '../cedar/entity-closure.js';
import { toEntities, toRequest } from './avp-wire.js';
import { AVP_BATCH_LIMITS, type BatchLimits } from './batch-planner.js';
import { entitySlice } from './entity-slice.js';
import { uidText, type CedarEntity, type Question } from './question.js';

/** "The batch can contain up to 100 principals and up to 100 resources" (API reference, BatchIsAuthorized), parents included. */
type EntityLimits = Pick<BatchLimits, 'maxPrincipals' | 'maxResources'>;

/** A request may be 1 MB; what is left is for the policy store's id, and for what holds the parts together. */
const MAX_BYTES = 999_000;

/** Can one call ask these questions and bring these entities? */
export function fits(
  questions: readonly Question[],
  entities: readonly CedarEntity[],
  limits: EntityLimits = AVP_BATCH_LIMITS,
): boolean {
  const input = () => ({ entities: toEntities(entities), requests: questions.map(toRequest) });
  const uids = entities.map(({ uid }) => uid);
  return fullness(typesOf(questions), uids, () => bytesOf(input), limits) <= 1;
}

/**
 * Packs the questions of a call that does not fit into few that do: lists of their indexes, each in the order asked. What takes
 * most room goes first, each into the first call that has room for it. Where neighbours lead to the same entities, calls that
 * keep to the order asked may be fewer, so these are tried too. What is too large alone has a call to itself.
 * @param questions none leads to a resource that another describes otherwise, so that they lead no further together than alone
 */
export function packQuestions(
  questions: readonly Question[],
  known: EntityIndex,
  limits: EntityLimits = AVP_BATCH_LIMITS,
): readonly (readonly number[])[] {
  const weigh = createScales();
  const pieces = questions.map((question, index): Piece => {
    const entities = new Set(entitySlice([question], known).map(weigh));
    const load = { ...typesOf([question]), entities, requestBytes: bytesOf(() => toRequest(question)) };
    return { index, load, fullness: fullnessOf(load, limits) };
  });
  const largestFirst = [...pieces].sort((one, other) => other.fullness - one.fullness);
  const packed = pack(largestFirst, Infinity, limits);
  const inOrder = pack(pieces, 1, limits);
  return inOrder.length < packed.length ? inOrder : packed;
}

/** Puts each piece into the first of the last `open` calls that has room for it. */
function pack(pieces: readonly Piece[], open: number, limits: EntityLimits): readonly (readonly number[])[] {
  const calls: Packed[] = [];
  for (const piece of pieces) {
    const isTaken = calls.slice(-open).some((call) => call.take(piece, limits));
    if (!isTaken) calls.push(new Packed(piece));
  }
  return calls.map(({ indexes }) => indexes.sort((one, other) => one - other));
}

/** The types of the ends of questions, by which their call's entities count as principals or resources. */
interface EndTypes {
  readonly principalTypes: ReadonlySet<string>;
  readonly resourceTypes: ReadonlySet<string>;
}

/** What questions bring into a call. */
interface Load extends EndTypes {
  readonly entities: ReadonlySet<Weight>;
  readonly requestBytes: number;
}

/** An entity as far as the limits go. */
interface Weight {
  readonly type: string;
  readonly bytes: number;
}

/** A question that is to be packed. */
interface Piece {
  readonly index: number;
  readonly load: Load;
  readonly fullness: number;
}

/** A call that fills up. */
class Packed {
  readonly indexes: number[];
  #load: Load;

  constructor({ index, load }: Piece) {
    this.indexes = [index];
    this.#load = load;
  }

  /** Takes a piece, if there is room for it. */
  take({ index, load }: Piece, limits: EntityLimits): boolean {
    const joined = join(this.#load, load);
    if (fullnessOf(joined, limits) > 1) return false;
    this.#load = joined;
    this.indexes.push(index);
    return true;
  }
}

const join = (one: Load, other: Load): Load => ({
  principalTypes: new Set([...one.principalTypes, ...other.principalTypes]),
  resourceTypes: new Set([...one.resourceTypes, ...other.resourceTypes]),
  entities: new Set([...one.entities, ...other.entities]),
  requestBytes: one.requestBytes + other.requestBytes,
});

const typesOf = (questions: readonly Question[]): EndTypes => ({
  principalTypes: new Set(questions.map(({ principal }) => principal.type)),
  resourceTypes: new Set(questions.map(({ resource }) => resource.type)),
});

/** Weighs each entity once, so that those of several questions are the same and count once. */
function createScales(): (entity: CedarEntity) => Weight {
  const weights = new Map<string, Weight>();
  return (entity) => {
    const name = uidText(entity.uid);
    const known = weights.get(name);
    if (known !== undefined) return known;
    // Entities are sent as a text within the text.
    const weight = { type: entity.uid.type, bytes: bytesOf(() => JSON.stringify(entity)) };
    weights.set(name, weight);
    return weight;
  };
}

const fullnessOf = (load: Load, limits: EntityLimits): number =>
  fullness(
    load,
    load.entities,
    () => [...load.entities].reduce((bytes, entity) => bytes + entity.bytes, load.requestBytes),
    limits,
  );

/** How much is taken of that room in a call of which least is left: more than 1 is too much. */
function fullness(
  { principalTypes, resourceTypes }: EndTypes,
  entities: Iterable<{ readonly type: string }>,
  countBytes: () => number,
  { maxPrincipals, maxResources }: EntityLimits,
): number {
  let [principals, resources] = [0, 0];
  for (const { type } of entities) {
    if (principalTypes.has(type)) principals += 1;
    if (resourceTypes.has(type)) resources += 1;
  }
  const byCount = Math.max(principals / maxPrincipals, resources / maxResources);
  return byCount > 1 ? byCount : Math.max(byCount, countBytes() / MAX_BYTES);
}

/** What cannot be written is too long for any call. */
function bytesOf(toInput: () => unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(toInput()));
  } catch {
    return Infinity;
  }
}
