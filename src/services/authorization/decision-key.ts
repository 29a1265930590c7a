import { reachableEntities, type EntityIndex } from '../cedar/entity-closure.js';
import { namedBeside, uidText, type CedarEntity, type Question } from './question.js';

/** A text of all that the answer to a question rests on but for the policies, in three parts. */
export interface DecisionKey {
  /** What is asked and by whom, and what is known of them. */
  readonly asked: string;
  /** Of what, by `resourceText`. */
  readonly resource: string;
  /** What is known of that, and of whatever else the question names: of much that is alike the same. */
  readonly facts: string;
}

/** A question, and its texts by `inquiryText` and `resourceText`. */
export interface KeyedQuestion {
  readonly question: Question;
  readonly inquiry: string;
  readonly resource: string;
}

/**
 * Keys of questions over the same entities: two that differ in an attribute or a parent of anything that they can reach have
 * different keys, so that a decision is never taken for one about what is no longer so.
 */
export function decisionKeys(known: EntityIndex): (keyed: KeyedQuestion) => DecisionKey {
  const slices = new Map<string, string>();

  /** Everything that can be reached from one entity. Most questions of a page share one end of it. */
  const sliceOf = (uid: string): string => {
    const before = slices.get(uid);
    if (before !== undefined) return before;
    const slice = factsOf(reachableEntities(new Set([uid]), known));
    slices.set(uid, slice);
    return slice;
  };

  return ({ question, inquiry, resource }) => {
    const facts = [sliceOf(uidText(question.resource))];
    // The texts of a question say who is named where, but not in which order these are met: that is up to the asker.
    const named = new Set(namedBeside(question).map(uidText));
    for (const uid of [...named].sort()) facts.push(`${uid} ${sliceOf(uid)}`);
    return {
      asked: askedBy(inquiry, sliceOf(uidText(question.principal))),
      resource,
      facts: facts.join('\n'),
    };
  };
}

/** `asked` of a question, by what is known of its principal. */
export const askedBy = (inquiry: string, facts: string): string => `${inquiry}\n${facts}`;

/**
 * What a key says of an entity, which is the first, and of whatever it leads to, in the order in which that is reached. Its
 * own name is not in it: nothing is known of an entity that does not exist, and the same of many that do.
 */
export const factsOf = ([first, ...others]: readonly CedarEntity[]): string =>
  first === undefined
    ? ''
    : [ownFacts(first), ...others.map((entity) => `${uidText(entity.uid)} ${ownFacts(entity)}`)].join('\n');

const ownFacts = ({ attrs, parents, tags }: CedarEntity): string =>
  `${jsonOf(attrs)} ${JSON.stringify(parents)}${tags === undefined ? '' : ` ${JSON.stringify(tags)}`}`;

/** Attributes of what is alike are often the same object. */
const texts = new WeakMap<object, string>();

function jsonOf(attributes: object): string {
  const text = texts.get(attributes) ?? JSON.stringify(attributes);
  texts.set(attributes, text);
  return text;
}
