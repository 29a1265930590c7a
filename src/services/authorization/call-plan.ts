import type { EntityIndex } from '../cedar/entity-closure.js';
import { planBatches } from './batch-planner.js';
import { separateDescriptions } from './brought-attributes.js';
import { fits, packQuestions } from './call-packing.js';
import { entitySlice } from './entity-slice.js';
import type { CedarEntity, Question } from './question.js';

/** One call: questions, with their places among all that are asked, and the entities that can bear on them. */
export interface PlannedCall {
  readonly questions: readonly Question[];
  readonly places: readonly number[];
  readonly entities: readonly CedarEntity[];
}

/** Lists of the indexes of questions, every index in exactly one list. */
type Groups = readonly (readonly number[])[];

/**
 * Plans few calls whose questions share a principal or a resource, of which none leads to a resource that another one describes
 * differently, and whose entities are not too many. A question that is too large by itself is a call all the same: the service
 * refuses it.
 */
export function planCalls(questions: readonly Question[], known: EntityIndex): readonly PlannedCall[] {
  const separate = (asked: readonly Question[]) => separateDescriptions(asked, known);
  const toCalls = (groups: Groups) => groups.flatMap((places) => fitting(places, questions, known));
  const parts = separate(questions);
  const separatedFirst = toCalls(refine(parts, questions, planBatches));
  if (parts.length <= 1) return separatedFirst;
  // To part all of them parts questions too that would share no call, and others for their sake; to part them call by call
  // can split a call for each description. Either may be better.
  const batchedFirst = toCalls(refine(planBatches(questions), questions, separate));
  return batchedFirst.length < separatedFirst.length ? batchedFirst : separatedFirst;
}

/** Groups the questions of each group by themselves. */
const refine = (
  groups: Groups,
  questions: readonly Question[],
  group: (asked: readonly Question[]) => Groups,
): Groups =>
  groups.flatMap((places) => group(select(questions, places)).map((indexes) => select(places, indexes)));

function fitting(
  places: readonly number[],
  questions: readonly Question[],
  known: EntityIndex,
): readonly PlannedCall[] {
  const whole = toCall(places, questions, known);
  if (places.length === 1 || fits(whole.questions, whole.entities)) return [whole];
  return packQuestions(whole.questions, known).map((indexes) =>
    toCall(select(places, indexes), questions, known),
  );
}

function toCall(places: readonly number[], questions: readonly Question[], known: EntityIndex): PlannedCall {
  const asked = select(questions, places);
  return { questions: asked, places, entities: entitySlice(asked, known) };
}

const select = <Item>(items: readonly Item[], places: readonly number[]): readonly Item[] =>
  places.flatMap((place) => items.slice(place, place + 1));
