import { canonicalJson } from './canonical-json.js';
import { uidText, type Question } from './question.js';

/**
 * Parts questions (into lists of their indexes) so that within a part every resource has one description alone: a call has
 * one list of entities for all its questions, and what one asker says of a resource must not reach the question of another.
 * Questions that bring no attributes stay by themselves, so nothing brought can bear on them.
 */
export function separateDescriptions(questions: readonly Question[]): readonly (readonly number[])[] {
  const parts: number[][] = [[]];
  const partsOfResources = new Map<string, Map<string, number>>();
  for (const [index, question] of questions.entries()) {
    const part = partOf(question, partsOfResources);
    (parts[part] ??= []).push(index);
  }
  return parts.filter((part) => part.length > 0);
}

/** The first part is for questions that bring nothing; then the n-th description of a resource is in the n-th part after it. */
function partOf(
  { resource, resourceAttributes }: Question,
  partsOfResources: Map<string, Map<string, number>>,
): number {
  if (resourceAttributes === undefined) return 0;
  const key = uidText(resource);
  const parts = partsOfResources.get(key) ?? new Map<string, number>();
  partsOfResources.set(key, parts);
  const description = canonicalJson(resourceAttributes);
  const part = parts.get(description) ?? parts.size + 1;
  parts.set(description, part);
  return part;
}
