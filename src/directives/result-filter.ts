import {
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';

import { PortcullisError } from '../errors.js';
import type { EntityUid } from '../services/authorization/question.js';
import type { GuardContext, Path } from './guard-context.js';
import type { AuthorizeUsage } from './authorize.directive.js';
import { denialOf } from './guard.js';
import type { GuardedTypes } from './guarded-types.js';
import { resourceLocator } from './resource-locator.js';

/**
 * Holds what a field yielded against the guards on types. A denied object becomes a rejection where it
 * stands alone, an Error in a list of nullable items, and is left out and counted in a list of non-null
 * items, where an error would take its siblings along.
 */
export type ResultFilter = (
  value: unknown,
  type: GraphQLOutputType,
  context: GuardContext,
  path: Path,
) => unknown;

interface Denial {
  readonly error: PortcullisError;
  /** What was denied; unknown where no decision could even be asked for. */
  readonly resource?: EntityUid;
}

export function createResultFilter(schema: GraphQLSchema, types: GuardedTypes): ResultFilter {
  const locators = new Map<AuthorizeUsage, ReturnType<typeof resourceLocator>>();
  const locatorOf = (usage: AuthorizeUsage, typeName: string) => {
    const known = locators.get(usage);
    if (known !== undefined) return known;
    const owner = { typeName, isEntity: types.isEntity(typeName), isRoot: false };
    const made = resourceLocator(usage, owner, typeName);
    locators.set(usage, made);
    return made;
  };

  /** The denial of one object, or undefined where the viewer may see it. */
  async function denial(
    value: object,
    type: GraphQLNamedType,
    context: GuardContext,
    path: Path,
  ): Promise<Denial | undefined> {
    const typeName = runtimeType(value, type, context);
    if (typeName === undefined) return { error: unknowable() };
    const guards = types.guardsOf(typeName);
    if (guards.length > 0 && !context.isAdmitted(value, path)) {
      const asker = context.requireAsker(path);
      const decisions = await Promise.all(
        guards.flatMap((usage) =>
          locatorOf(
            usage,
            typeName,
          )({ source: value, args: {}, asker }).map((resource) => context.ask(asker, usage.action, resource)),
        ),
      );
      if (decisions.length < guards.length) return { error: unknowable() };
      for (const decision of decisions) {
        const error = denialOf(decision);
        if (error !== undefined) return { error, resource: decision.resource };
      }
      context.admit(value, path);
    }
    return carriedDenial(value, typeName, context, path);
  }

  /** An edge is denied with its node. */
  async function carriedDenial(
    value: object,
    typeName: string,
    context: GuardContext,
    path: Path,
  ): Promise<Denial | undefined> {
    const carrier = schema.getType(typeName);
    if (!isObjectType(carrier)) return undefined;
    for (const name of types.carriedBy(typeName)) {
      const carried: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
      if (typeof carried !== 'object' || carried === null) continue;
      const field = carrier.getFields()[name];
      if (field === undefined || !isNonNullType(field.type)) continue;
      const denied = await denial(carried, field.type.ofType as GraphQLNamedType, context, path);
      if (denied !== undefined) return denied;
    }
    return undefined;
  }

  /** Which object type a value is; undefined where only asynchronous code could tell, which is no proof. */
  function runtimeType(value: object, type: GraphQLNamedType, context: GuardContext): string | undefined {
    if (!isAbstractType(type)) return type.name;
    const named: unknown = Reflect.get(value, '__typename');
    if (typeof named === 'string') return named;
    const resolved: unknown = type.resolveType?.(value, context, {} as GraphQLResolveInfo, type);
    return typeof resolved === 'string' ? resolved : undefined;
  }

  async function filterList(
    items: Iterable<unknown>,
    itemType: GraphQLOutputType,
    context: GuardContext,
    path: Path,
  ): Promise<unknown[]> {
    const inner = isNonNullType(itemType) ? itemType.ofType : itemType;
    const verdicts = await Promise.all(
      Array.from(items, async (item): Promise<{ item: unknown; denied?: Denial | undefined }> => {
        const value: unknown = await item;
        if (isListType(inner)) return { item: await filter(value, inner, context, path) };
        if (!isGuardable(value)) return { item: value };
        return { item: value, denied: await denial(value, inner as GraphQLNamedType, context, path) };
      }),
    );
    if (!isNonNullType(itemType)) return verdicts.map(({ item, denied }) => denied?.error ?? item);
    return verdicts.flatMap(({ item, denied }) => {
      if (denied === undefined) return [item];
      // Whom the viewer may not see is left out; an outage must not pass for a shorter list.
      if (denied.error.code !== 'FORBIDDEN' || denied.resource === undefined) throw denied.error;
      context.noteFiltered(denied.resource);
      return [];
    });
  }

  function filter(value: unknown, type: GraphQLOutputType, context: GuardContext, path: Path): unknown {
    if (!isGuardable(value)) return value;
    const nullable = isNonNullType(type) ? type.ofType : type;
    if (isListType(nullable)) {
      // What is no list fails when graphql-js completes it, so it never gets out.
      return Symbol.iterator in value
        ? filterList(value as Iterable<unknown>, nullable.ofType as GraphQLOutputType, context, path)
        : value;
    }
    return denial(value, nullable as GraphQLNamedType, context, path).then((denied) => {
      if (denied !== undefined) throw denied.error;
      return value;
    });
  }

  return filter;
}

const isGuardable = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Error);

const unknowable = () =>
  new PortcullisError('AUTHORIZATION_UNAVAILABLE', 'Whether you may read this could not be decided.');
