import type { EntityIndex } from '../cedar/entity-closure.js';
import { toEntities, toRequest } from './avp-wire.js';
import { planBatches } from './batch-planner.js';
import { separateDescriptions } from './brought-attributes.js';
import { entitySlice } from './entity-slice.js';
import type { CedarEntity, Question } from './question.js';

/** One call: questions, with their places among all that are asked, and the entities that can bear on them. */
export interface PlannedCall {
  readonly questions: readonly Question[];
  readonly places: readonly number[];
  readonly entities: readonly CedarEntity[];
}

/** "The batch can contain up to 100 principals and up to 100 resources" (API reference, BatchIsAuthorized), parents included. */
const MAX_ENTITIES = 100;
/** A request may be 1 MB; what is left is for the policy store's id. */
const MAX_BYTES = 999_000;

/**
 * Plans the fewest calls whose questions share a principal or a resource, of which no two describe one resource differently, and
 * whose entities are not too many. A question that is too large by itself is a call all the same: the service refuses it.
 */
export function planCalls(questions: readonly Question[], known: EntityIndex): readonly PlannedCall[] {
  return separateDescriptions(questions, known)
    .flatMap((part) =>
      planBatches(part.flatMap((place) => questions.slice(place, place + 1))).map((batch) =>
        batch.flatMap((index) => part.slice(index, index + 1)),
      ),
    )
    .flatMap((places) => fitting(places, questions, known));
}

function fitting(
  places: readonly number[],
  questions: readonly Question[],
  known: EntityIndex,
): readonly PlannedCall[] {
  const asked = places.flatMap((place) => questions.slice(place, place + 1));
  const entities = entitySlice(asked, known);
  if (places.length === 1 || fits(asked, entities)) return [{ questions: asked, places, entities }];
  const middle = Math.ceil(places.length / 2);
  return [places.slice(0, middle), places.slice(middle)].flatMap((half) => fitting(half, questions, known));
}

function fits(questions: readonly Question[], entities: readonly CedarEntity[]): boolean {
  const countOf = (types: ReadonlySet<string>) => entities.filter(({ uid }) => types.has(uid.type)).length;
  const principals = new Set(questions.map(({ principal }) => principal.type));
  const resources = new Set(questions.map(({ resource }) => resource.type));
  return (
    countOf(principals) <= MAX_ENTITIES &&
    countOf(resources) <= MAX_ENTITIES &&
    bytesOf(questions, entities) <= MAX_BYTES
  );
}

/** What cannot be written is too long for any company. */
function bytesOf(questions: readonly Question[], entities: readonly CedarEntity[]): number {
  try {
    const input = { entities: toEntities(entities), requests: questions.map(toRequest) };
    return Buffer.byteLength(JSON.stringify(input));
  } catch {
    return Infinity;
  }
}
