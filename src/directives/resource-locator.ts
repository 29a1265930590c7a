import { isService, type Asker } from '../services/authentication/asker.js';
import { APPLICATION, qualifyType, userUid } from '../services/authorization/names.js';
import type { EntityUid } from '../services/authorization/question.js';
import type { AuthorizeUsage } from './authorize.directive.js';

/** What is known of a field at the moment when it is resolved. */
export interface FieldSite {
  readonly source: unknown;
  readonly args: Readonly<Record<string, unknown>>;
  readonly asker: Asker;
}

/** Finds the entities that a guard is about; none means that the guard denies. */
export type ResourceLocator = (site: FieldSite) => readonly EntityUid[];

/** Where a guarded field stands, as far as it says what the guard's resource is by default. */
export interface FieldOwner {
  readonly typeName: string;
  readonly isEntity: boolean;
  readonly isRoot: boolean;
}

const PATH = /^\$(source|args)((?:\.[A-Za-z_]\w*)+)$/;

/**
 * Turns a usage of `@authorize` into a function that finds its resource, once, when the schema is built.
 *
 * @throws Error where the usage makes no sense for the field, so that the service does not start.
 */
export function resourceLocator(usage: AuthorizeUsage, owner: FieldOwner, where: string): ResourceLocator {
  // A service is nobody's account, so what is about one's own is denied to it.
  if (usage.resource === '$viewer') {
    return ({ asker }) => (isService(asker) ? [] : [userUid(asker.userId)]);
  }

  if (usage.resource === undefined) {
    if (owner.isRoot) return () => [APPLICATION];
    if (!owner.isEntity) {
      throw new Error(`${where}: @authorize needs a resource, since ${owner.typeName} is no entity.`);
    }
  } else if (owner.isRoot && usage.resourceType === undefined) {
    throw new Error(`${where}: @authorize needs a resourceType beside ${usage.resource}.`);
  }

  const [, root, path] = PATH.exec(usage.resource ?? '$source.id') ?? [];
  if (root === undefined || path === undefined) {
    throw new Error(`${where}: @authorize cannot follow the resource ${JSON.stringify(usage.resource)}.`);
  }
  const steps = path.slice(1).split('.');
  const type = qualifyType(usage.resourceType ?? owner.typeName);
  return ({ source, args }) =>
    identifiersAt(root === 'args' ? args : source, steps).map((id) => ({ type, id }));
}

/** The ids at the end of a path: one, several where it ends in a list, none where it leads nowhere. */
function identifiersAt(value: unknown, steps: readonly string[]): readonly string[] {
  let found = value;
  for (const step of steps) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return [];
    found = (found as Record<string, unknown>)[step];
  }
  const ids = Array.isArray(found) ? (found as unknown[]) : [found];
  return ids.every((id): id is string => typeof id === 'string') ? ids : [];
}
