import { uidText, type EntityUid } from '../services/authorization/question.js';

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

/** @throws TypeError where what is said has no end, or is no JSON */
export function asAsked({ action, resource, attributes, context }: SubgraphQuestion): AskedQuestion {
  const check = { action: uidText(action), resource, resourceAttributes: attributes, context };
  return { action, resource, check: JSON.stringify(check) };
}

/** Names an entity within attributes: `owner: entity('Identity::User', id)`. */
export const entity = (type: string, id: string): FactValue => ({ __entity: { type, id } });
