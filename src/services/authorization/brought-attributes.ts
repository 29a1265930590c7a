import { collectUids, reachableEntities, type EntityIndex } from '../cedar/entity-closure.js';
import { canonicalJson } from './canonical-json.js';
import { uidText, type Question } from './question.js';

/**
 * Parts questions (into lists of their indexes) so that what one asker says of a resource reaches no question but theirs: a call
 * has one list of entities for all its questions. Within a part no resource has two descriptions, and no question leads to a
 * resource that another one describes, unless it brings the very same description.
 */
export function separateDescriptions(
  questions: readonly Question[],
  known: EntityIndex,
): readonly (readonly number[])[] {
  if (questions.every(({ resourceAttributes }) => resourceAttributes === undefined)) {
    return questions.length === 0 ? [] : [[...questions.keys()]];
  }
  const parts: Part[] = [];
  for (const [index, question] of questions.entries()) {
    const reach = reachOf(question, known);
    let part = parts.find((one) => one.admits(reach));
    if (part === undefined) parts.push((part = new Part()));
    part.add(index, reach);
  }
  return parts.map(({ indexes }) => indexes);
}

/** How far a question goes. */
interface Reach {
  /** Everything that it leads to, by `uidText`, whether or not it is known, but for the resource that it describes. */
  readonly names: ReadonlySet<string>;
  /** The resource that it describes, and how. */
  readonly described: readonly [resource: string, description: string] | undefined;
}

function reachOf(question: Question, known: EntityIndex): Reach {
  const { principal, resource, context, resourceAttributes } = question;
  const own = uidText(resource);
  const names = new Set([uidText(principal), own]);
  for (const record of [context, resourceAttributes]) {
    if (record !== undefined) collectUids(record, (uid) => names.add(uidText(uid)));
  }
  // Adds to the names whatever they lead to.
  reachableEntities(names, known);
  if (resourceAttributes === undefined) return { names, described: undefined };
  names.delete(own);
  return { names, described: [own, canonicalJson(resourceAttributes)] };
}

class Part {
  readonly indexes: number[] = [];
  readonly #descriptions = new Map<string, string>();
  readonly #names = new Set<string>();

  admits({ names, described }: Reach): boolean {
    for (const resource of this.#descriptions.keys()) if (names.has(resource)) return false;
    if (described === undefined) return true;
    const [resource, description] = described;
    return (this.#descriptions.get(resource) ?? description) === description && !this.#names.has(resource);
  }

  add(index: number, { names, described }: Reach): void {
    this.indexes.push(index);
    for (const name of names) this.#names.add(name);
    if (described !== undefined) this.#descriptions.set(...described);
  }
}
