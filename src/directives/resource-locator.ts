import type { CedarRecord, EntityUid } from '../services/authorization/question.js';
import { whenKnown, type MaybePromise } from '../services/maybe-promise.js';
import type { AuthorizeUsage } from './authorize.directive.js';
import type { GuardAsker, GuardContext, GuardedResource } from './guard-context.js';
import type { Description, GuardTerms } from './guard-terms.js';

/** What is known of a field at the moment when it is resolved. */
export interface FieldSite {
  readonly source: unknown;
  readonly args: Readonly<Record<string, unknown>>;
  /** What stands in the list that the field yielded; undefined before there is one. */
  readonly item?: unknown;
  readonly asker: GuardAsker;
  readonly context: GuardContext;
}

/** Finds the entities that a guard is about; none means that the guard denies. */
export type ResourceLocator = (site: FieldSite) => MaybePromise<readonly GuardedResource[]>;

/** Where a guarded field stands, as far as it says what the guard's resource is by default. */
export interface FieldOwner {
  readonly typeName: string;
  readonly isEntity: boolean;
  readonly isRoot: boolean;
  /** What the list holds that the field yields; undefined where it yields none. */
  readonly item?: ListItem | undefined;
}

export interface ListItem {
  /** The name of its type; undefined where that does not name an entity: behind a union, an interface or a scalar. */
  readonly typeName: string | undefined;
  readonly isScalar: boolean;
}

const PATH = /^\$(?:(source|args|item)((?:\.[A-Za-z_]\w*)+)|(item))$/;

/** Is a usage about each item of the list that its field yields? */
export const isAboutItems = ({ resource, onDenied }: AuthorizeUsage): boolean =>
  resource === undefined ? onDenied === 'FILTER' : /^\$item(\.|$)/.test(resource);

/**
 * Turns a usage of `@authorize` on a field or a type into a function that finds its resource, once, when the schema is built.
 *
 * @throws Error where the usage makes no sense for the field, so that the service does not start.
 */
export function resourceLocator(
  usage: AuthorizeUsage,
  owner: FieldOwner,
  where: string,
  terms: GuardTerms,
): ResourceLocator {
  // A service is nobody's account, so what is about one's own is denied to it.
  if (usage.resource === '$viewer') {
    return ({ asker, context }) => {
      const account = context.accountOf(asker);
      return account === undefined ? [] : [account];
    };
  }

  if (usage.resource === undefined) {
    if (owner.isRoot) return () => [terms.application];
    if (!owner.isEntity) {
      throw new Error(`${where}: @authorize needs a resource, since ${owner.typeName} is no entity.`);
    }
  } else if (owner.isRoot && usage.resourceType === undefined) {
    throw new Error(`${where}: @authorize needs a resourceType beside ${usage.resource}.`);
  }

  const { root, steps } = parsePath(usage.resource ?? '$source.id', where);
  if (root === 'item') throw new Error(`${where}: @authorize finds no items there.`);
  const type = terms.qualifyType(usage.resourceType ?? owner.typeName);
  const locate = ({ source, args }: FieldSite) => entitiesAt(root === 'args' ? args : source, steps, type);
  const isSource = root === 'source' && isOwnId(steps) && type === terms.qualifyType(owner.typeName);
  return describing(terms.descriptionOf(type), locate, isSource ? ({ source }) => source : undefined);
}

/**
 * The same for a usage that is about the items of a list.
 *
 * @throws Error where the field yields no list, or its items are no entities
 */
export function itemLocator(
  { resource, resourceType }: AuthorizeUsage,
  item: ListItem | undefined,
  where: string,
  terms: GuardTerms,
): ResourceLocator {
  if (item === undefined)
    throw new Error(`${where}: @authorize decides on items, and the field yields no list.`);
  const { steps } = parsePath(resource ?? (item.isScalar ? '$item' : '$item.id'), where);
  const typeName = resourceType ?? item.typeName;
  if (typeName === undefined) {
    throw new Error(`${where}: @authorize needs a resourceType, since its items are of no one object type.`);
  }
  const type = terms.qualifyType(typeName);
  const locate = (site: FieldSite) => entitiesAt(site.item, steps, type);
  const isItem = isOwnId(steps) && item.typeName !== undefined && type === terms.qualifyType(item.typeName);
  return describing(terms.descriptionOf(type), locate, isItem ? (site) => site.item : undefined);
}

/** Does a path lead to the id of the very value that it starts from? */
const isOwnId = (steps: readonly string[]): boolean => steps.length === 1 && steps[0] === 'id';

/**
 * Adds to what is located what its subgraph can tell of it.
 *
 * @param found the value that is located, where it was found already
 */
function describing(
  description: Description | undefined,
  locate: (site: FieldSite) => readonly EntityUid[],
  found: ((site: FieldSite) => unknown) | undefined,
): ResourceLocator {
  if (description === undefined) return locate;
  const { ofValue, ofId } = description;
  const describe: Describe | undefined =
    found === undefined
      ? ofId && (({ id }, { context }) => ofId(id, context.resolverContext))
      : (_, site) => ofValue(found(site) as object, site.context.resolverContext);
  if (describe === undefined) return locate;
  return (site) => {
    const located = locate(site);
    return whenKnown(
      located.map((uid) => describe(uid, site)),
      (descriptions) => located.map((uid, index) => ({ ...uid, attributes: descriptions[index] ?? null })),
    );
  };
}

type Describe = (uid: EntityUid, site: FieldSite) => MaybePromise<CedarRecord | undefined>;

function parsePath(path: string, where: string): { root: string; steps: readonly string[] } {
  const [, root, steps, alone] = PATH.exec(path) ?? [];
  if (alone !== undefined) return { root: alone, steps: [] };
  if (root === undefined || steps === undefined) {
    throw new Error(`${where}: @authorize cannot follow the resource ${JSON.stringify(path)}.`);
  }
  return { root, steps: steps.slice(1).split('.') };
}

/** What the ids at the end of a path name: one entity, several where it ends in a list, none where it leads nowhere. */
function entitiesAt(value: unknown, steps: readonly string[], type: string): readonly EntityUid[] {
  let found = value;
  for (const step of steps) {
    if (typeof found !== 'object' || found === null || !has(found, step)) return [];
    found = Reflect.get(found, step);
  }
  if (isId(found)) return [{ type, id: String(found) }];
  return Array.isArray(found) && found.every(isId) ? found.map((id) => ({ type, id: String(id) })) : [];
}

/** Of its own or of its class, whose accessors many have: nothing that every object has. */
const has = (object: object, name: string): boolean =>
  Object.hasOwn(object, name) || (name in object && !(name in Object.prototype));

/** What GraphQL takes for an ID. */
const isId = (value: unknown): value is string | number =>
  typeof value === 'string' || Number.isSafeInteger(value);
