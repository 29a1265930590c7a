import { collectUids, reachableEntities, type EntityIndex } from '../cedar/entity-closure.js';
import { uidText, type CedarEntity, type Question } from './question.js';

/**
 * The part of `known` that can bear on the questions: their principals and resources, and whatever those and the contexts
 * lead to, each once. Attributes that a question brings are part of its resource, where nothing stored says otherwise.
 */
export function entitySlice(questions: readonly Question[], known: EntityIndex): CedarEntity[] {
  const roots = new Set<string>();
  for (const { principal, resource, context } of questions) {
    roots.add(uidText(principal)).add(uidText(resource));
    collectUids(context, (uid) => roots.add(uidText(uid)));
  }
  return reachableEntities(roots, withBroughtAttributes(questions, known));
}

function withBroughtAttributes(questions: readonly Question[], known: EntityIndex): EntityIndex {
  const described = new Map(known);
  for (const { resource, resourceAttributes } of questions) {
    if (resourceAttributes === undefined) continue;
    const stored = known.get(uidText(resource));
    const attrs = { ...resourceAttributes, ...stored?.attrs };
    described.set(uidText(resource), { parents: [], ...stored, uid: resource, attrs });
  }
  return described;
}
