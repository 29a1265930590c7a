import { collectUids, reachableEntities, type EntityIndex } from '../cedar/entity-closure.js';
import { uidText, type CedarEntity, type Question } from './question.js';

/** A text of all that the answer to a question rests on but for the policies, in two parts. */
export interface DecisionKey {
  /** What is asked and by whom, and what is known of them. */
  readonly asked: string;
  /** Of what, and what is known of that, and of whatever else the question names. */
  readonly about: string;
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
    const slice = sliceText(reachableEntities(new Set([uid]), known));
    slices.set(uid, slice);
    return slice;
  };

  return ({ question, inquiry, resource }) => {
    const asked = join(inquiry, sliceOf(uidText(question.principal)));
    let about = join(resource, sliceOf(uidText(question.resource)));
    for (const record of [question.context, question.resourceAttributes]) {
      if (record !== undefined) collectUids(record, (uid) => (about = join(about, sliceOf(uidText(uid)))));
    }
    return { asked, about };
  };
}

const join = (text: string, slice: string): string => `${text}\n${slice}`;

/** What is known of an entity that is named before, and of whatever it leads to by name. */
const sliceText = ([first, ...others]: readonly CedarEntity[]): string =>
  first === undefined
    ? ''
    : [factsText(first), ...others.map((entity) => `${uidText(entity.uid)} ${factsText(entity)}`)].join('\n');

const factsText = ({ attrs, parents, tags }: CedarEntity): string =>
  `${jsonOf(attrs)} ${jsonOf(parents)}${tags === undefined ? '' : ` ${jsonOf(tags)}`}`;

/** Attributes of what is alike, and having no parents, are often the same object. */
const texts = new WeakMap<object, string>();

function jsonOf(value: object): string {
  const text = texts.get(value) ?? JSON.stringify(value);
  texts.set(value, text);
  return text;
}

/**
 * `asked` of a question by its principal, who is the first entity; the others are what that leads to, in the order in which
 * they are reached.
 */
export const askedBy = (inquiry: string, principal: readonly CedarEntity[]): string =>
  join(inquiry, sliceText(principal));

/** Requests hold on to the entities that they read, and ask about each more than once. */
const abouts = new WeakMap<readonly CedarEntity[], string>();

/** `about` of a question that names nothing besides its two ends and brings nothing of its resource, likewise. */
export function aboutKnown(resource: string, slice: readonly CedarEntity[]): string {
  const about = abouts.get(slice) ?? join(resource, sliceText(slice));
  abouts.set(slice, about);
  return about;
}
