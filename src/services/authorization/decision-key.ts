import { collectUids, reachableEntities, type EntityIndex } from '../cedar/entity-closure.js';
import { uidText, type CedarEntity, type Question } from './question.js';

/** Makes of a question, and of its own text, a text of all that its answer rests on but for the policies. */
export type DecisionKeys = (question: Question, questionText: string) => string;

/**
 * Keys of questions over the same entities: two that differ in an attribute or a parent of anything that they can reach have
 * different keys, so that a decision is never taken for one about what is no longer so.
 */
export function decisionKeys(known: EntityIndex): DecisionKeys {
  const slices = new Map<string, string>();

  /** Everything that can be reached from one entity. Most questions of a page share one end of it. */
  const sliceOf = (uid: string): string => {
    const before = slices.get(uid);
    if (before !== undefined) return before;
    const slice = reachableEntities(new Set([uid]), known)
      .map(textOf)
      .join();
    slices.set(uid, slice);
    return slice;
  };

  return ({ principal, resource, context, resourceAttributes }, questionText) => {
    let key = keyOf(questionText, sliceOf(uidText(principal)), sliceOf(uidText(resource)));
    for (const record of [context, resourceAttributes]) {
      if (record !== undefined) collectUids(record, (uid) => (key += `\n${sliceOf(uidText(uid))}`));
    }
    return key;
  };
}

const keyOf = (questionText: string, principalSlice: string, resourceSlice: string): string =>
  `${questionText}\n${principalSlice}\n${resourceSlice}`;

/**
 * The key of a question that names no further entities, from its two ends: each is the entity, and then whatever it leads to,
 * in the order in which that is reached.
 */
export const keyOfEnds = (
  questionText: string,
  principal: readonly CedarEntity[],
  resource: readonly CedarEntity[],
): string => keyOf(questionText, sliceText(principal), sliceText(resource));

const sliceText = (slice: readonly CedarEntity[]): string =>
  slice.length === 1 && slice[0] !== undefined ? textOf(slice[0]) : slice.map(textOf).join();

/** Requests hold on to the entities that they read, and ask about each more than once. */
const texts = new WeakMap<CedarEntity, string>();

function textOf(entity: CedarEntity): string {
  const text = texts.get(entity) ?? JSON.stringify(entity);
  texts.set(entity, text);
  return text;
}
