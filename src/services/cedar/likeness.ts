import { collectUids } from './entity-closure.js';
import type { KnownEntities } from './known-entities.js';
import type { AuthorizationRequest } from './request-screening.js';
import { formatUid, isActionType, type CedarEntity } from './values.js';

/** What a decision is made from, once it is known which policies and entities bear on it. */
export interface Grounds {
  readonly request: AuthorizationRequest;
  /** Principal and action, by `formatUid`. */
  readonly subjects: {
    readonly principal: { readonly uid: string };
    readonly action: { readonly uid: string };
  };
  readonly known: KnownEntities;
  /** Positions of the policies whose scope matches. */
  readonly positions: readonly number[];
  /** The entities that the conditions of those policies name, by `formatUid`. */
  readonly literals: readonly string[];
  readonly reachable: readonly CedarEntity[];
}

/**
 * Decisions over the same entities, each for all questions that Cedar cannot tell from its own. What a question is like is
 * worked out once somebody else asks for the same of something of that type: on most waves of different people nobody does.
 */
export class AlikeDecisions<Decision> {
  readonly #lone = new Map<string, { readonly grounds: Grounds; readonly decision: Decision } | undefined>();
  readonly #decisions = new Map<string, Decision>();

  find(grounds: Grounds): Decision | undefined {
    const rough = roughly(grounds);
    if (!this.#lone.has(rough)) return undefined;
    const lone = this.#lone.get(rough);
    if (lone !== undefined) {
      this.#lone.set(rough, undefined);
      this.#add(lone.grounds, lone.decision);
    }
    const likeness = likenessOf(grounds);
    return likeness === undefined ? undefined : this.#decisions.get(likeness);
  }

  keep(grounds: Grounds, decision: Decision): void {
    const rough = roughly(grounds);
    if (this.#lone.has(rough)) this.#add(grounds, decision);
    else this.#lone.set(rough, { grounds, decision });
  }

  #add(grounds: Grounds, decision: Decision): void {
    const likeness = likenessOf(grounds);
    if (likeness !== undefined) this.#decisions.set(likeness, decision);
  }
}

/** Who are alike have this in common. */
const roughly = ({ subjects: { principal, action }, request: { resource } }: Grounds): string =>
  `${principal.uid} ${action.uid} ${resource.type}`;

/**
 * A text that decisions over the same entities have in common where Cedar cannot tell them apart: those about resources that
 * differ in nothing but their ids. Cedar compares ids and cannot look into them, so that one which nothing else names is as
 * good as another. The people on a page are mostly alike.
 *
 * Undefined where the resource is somebody in particular: the principal, or one whom a condition, the context or another
 * entity names; and where it is an action, of which the request names one and the schema says what they are in. Ids that a
 * schema enumerates are for the caller to rule out, and so are answers that quote the id.
 */
function likenessOf(grounds: Grounds): string | undefined {
  const { request, subjects, known, positions, literals, reachable } = grounds;
  const { resource, context = {}, validateRequest } = request;
  const resourceKey = formatUid(resource);
  const principalKey = subjects.principal.uid;
  if (isActionType(resource.type)) return undefined;
  if (resourceKey === principalKey || literals.includes(resourceKey)) return undefined;
  if (isNamedIn(context, resourceKey)) return undefined;

  const others: string[] = [];
  let described: unknown;
  for (const entity of reachable) {
    if (known.namesOf(entity).includes(resourceKey)) return undefined;
    const key = formatUid(entity.uid);
    if (key === resourceKey) described = [entity.attrs, entity.parents, entity.tags];
    else others.push(key);
  }
  return JSON.stringify([
    principalKey,
    subjects.action.uid,
    resource.type,
    validateRequest,
    positions,
    context,
    described,
    others,
  ]);
}

function isNamedIn(value: unknown, key: string): boolean {
  let isNamed = false;
  collectUids(value, (uid) => (isNamed ||= formatUid(uid) === key));
  return isNamed;
}
