import { uidText, type EntityUid } from '../services/authorization/question.js';
import { isActionType, isTypeName, isWellFormed } from '../services/cedar/values.js';

/** What a subgraph says of an entity, or of a request, in Cedar's JSON form. What is undefined is left out. */
export type Facts = { readonly [name: string]: FactValue | undefined };

export type FactValue =
  boolean | number | string | readonly FactValue[] | { readonly [name: string]: FactValue | undefined };

/** A question for the person who is signed in. */
export interface SubgraphQuestion {
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly attributes?: Facts | undefined;
  readonly context?: Facts | undefined;
}

/** The same as it is sent. */
export interface AskedQuestion extends Pick<SubgraphQuestion, 'action' | 'resource'> {
  /** A `DecisionCheck` in JSON, which is also what tells it from others. */
  readonly check: string;
}

/** The longest type or id that Portcullis takes (docs/schema.md, `EntityUidInput`). */
const MAX_NAME_LENGTH = 200;

/**
 * Does a question name what there can be? One that does not is INVALID without being asked: in a batch it would be refused with all
 * the others, and an answer that repeats an endless id is none.
 */
export const isNameable = ({ action, resource }: SubgraphQuestion): boolean =>
  isActionType(action.type) && isName(action) && !QUOTING.test(action.id) && isName(resource);

/** What Portcullis takes in no action's id. */
const QUOTING = /["\\]/;

const isName = ({ type, id }: EntityUid): boolean =>
  type.length <= MAX_NAME_LENGTH &&
  isTypeName(type) &&
  id.length >= 1 &&
  id.length <= MAX_NAME_LENGTH &&
  isWellFormed(id);

/** @throws TypeError where what is said has no end, or is no record of JSON */
export function asAsked({ action, resource, attributes, context }: SubgraphQuestion): AskedQuestion {
  for (const facts of [attributes, context]) requireRecord(facts);
  const check = { action: uidText(action), resource, resourceAttributes: attributes, context };
  return { action, resource, check: JSON.stringify(check) };
}

function requireRecord(facts: unknown): void {
  if (facts === undefined) return;
  if (typeof facts !== 'object' || facts === null || Array.isArray(facts)) {
    throw new TypeError('What is said with a question is no record.');
  }
}

/** Names an entity within attributes: `owner: entity('Identity::User', id)`. */
export const entity = (type: string, id: string): FactValue => ({ __entity: { type, id } });
