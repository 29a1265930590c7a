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

/** Laid over what is known, of which a slice is mostly a small part. */
function withBroughtAttributes(questions: readonly Question[], known: EntityIndex): Pick<EntityIndex, 'get'> {
  const described = new Map<string, CedarEntity>();
  for (const { resource, resourceAttributes } of questions) {
    if (resourceAttributes === undefined) continue;
    const key = uidText(resource);
    const stored = known.get(key);
    const attrs = { ...resourceAttributes, ...stored?.attrs };
    described.set(key, { parents: [], ...stored, uid: resource, attrs });
  }
  return described.size === 0 ? known : { get: (key) => described.get(key) ?? known.get(key) };
}
