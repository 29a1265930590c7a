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

import { isPromise, whenKnown, type MaybePromise } from '../services/maybe-promise.js';
import type { GuardContext, Path } from './guard-context.js';
import { isBinding, judge, strictestOf, unknowable, type Denial, type Guard } from './guard.js';
import type { GuardedTypes } from './guarded-types.js';

/** Holds what fields yield against the guards on types, and against those that decide on the items of a field. */
export interface ResultFilter {
  /**
   * What the viewer sees of a field's value. A denied object becomes a rejection where it stands alone. In a list it is left
   * out and counted where a guard says FILTER, or where an item cannot be null, so that an error would take its siblings
   * along; else it becomes an Error.
   */
  readonly admitted: (
    value: unknown,
    type: GraphQLOutputType,
    context: GuardContext,
    path: Path,
    itemGuards?: readonly Guard[],
  ) => unknown;
  /** The denial of one object, or undefined where the viewer may see it. */
  readonly denial: (
    value: object,
    type: GraphQLNamedType,
    context: GuardContext,
    path: Path,
  ) => MaybePromise<Denial | undefined>;
}

interface Verdict {
  readonly item: unknown;
  readonly denied?: Denial | undefined;
}

export function createResultFilter(schema: GraphQLSchema, types: GuardedTypes): ResultFilter {
  const denial: ResultFilter['denial'] = (value, type, context, path) =>
    rejecting(() => {
      const typeName = runtimeType(value, type, context);
      if (typeName === undefined) return { error: unknowable(), onDenied: 'NULL' };
      const guards = types.guardsOf(typeName);
      const own = guards.length > 0 ? ownDenial(value, typeName, guards, context, path) : undefined;
      const carried = types.carriedBy(typeName);
      if (carried.length === 0) return own;
      return whenKnown([own, ...carriedDenials(value, typeName, carried, context, path)], strictestOf);
    });

  function ownDenial(
    value: object,
    typeName: string,
    guards: readonly Guard[],
    context: GuardContext,
    path: Path,
  ): MaybePromise<Denial | undefined> {
    const site = { source: value, args: {} };
    // Who nobody is denied to was not found readable by anybody.
    if (!guards.some(isBinding)) return judge(guards, site, context, path);
    if (context.isAdmitted(value, typeName, path)) return undefined;
    const denied = judge(guards, site, context, path);
    if (isPromise(denied)) return denied.then((found) => admitUnless(found, value, typeName, context, path));
    return admitUnless(denied, value, typeName, context, path);
  }

  /** An edge is denied with its node. */
  function carriedDenials(
    value: object,
    typeName: string,
    names: readonly string[],
    context: GuardContext,
    path: Path,
  ): MaybePromise<Denial | undefined>[] {
    const carrier = schema.getType(typeName);
    if (!isObjectType(carrier)) return [];
    return names.map((name) => {
      const carried: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
      const field = carrier.getFields()[name];
      if (typeof carried !== 'object' || carried === null || !isNonNullType(field?.type)) return undefined;
      return denial(carried, field.type.ofType as GraphQLNamedType, context, path);
    });
  }

  /**
   * Which object type graphql-js will take a value for: what the abstract type's own function says, whatever the value calls
   * itself; undefined where that only tells later, which is no proof of what it will say to graphql-js.
   */
  function runtimeType(value: object, type: GraphQLNamedType, context: GuardContext): string | undefined {
    if (!isAbstractType(type)) return type.name;
    const resolved: unknown = type.resolveType
      ? type.resolveType(value, context, {} as GraphQLResolveInfo, type)
      : Reflect.get(value, '__typename');
    // A rejection is graphql-js's to tell.
    if (isPromise(resolved)) resolved.then(undefined, () => undefined);
    return typeof resolved === 'string' ? resolved : undefined;
  }

  function admittedItems(
    items: Iterable<unknown>,
    itemType: GraphQLOutputType,
    context: GuardContext,
    path: Path,
    itemGuards: readonly Guard[],
  ): MaybePromise<unknown[]> {
    const isNullable = !isNonNullType(itemType);
    const inner = isNullable ? itemType : itemType.ofType;

    const verdictOf = (item: unknown): MaybePromise<Verdict> => {
      if (item === null || item === undefined || item instanceof Error) return { item };
      if (isListType(inner)) {
        const filtered = admitted(item, inner, context, path, itemGuards);
        return isPromise(filtered) ? filtered.then((value) => ({ item: value })) : { item: filtered };
      }
      const byType = isGuardable(item) ? denial(item, inner as GraphQLNamedType, context, path) : undefined;
      if (itemGuards.length === 0) {
        return isPromise(byType) ? byType.then((denied) => ({ item, denied })) : { item, denied: byType };
      }
      const byField = rejecting(() =>
        judge(itemGuards, { source: undefined, args: {}, item }, context, path),
      );
      return whenKnown([byField, byType], (denials) => ({ item, denied: strictestOf(denials) }));
    };
    const shown = ({ item, denied }: Verdict): unknown[] => {
      if (denied === undefined) return [item];
      const { error, onDenied, resource } = denied;
      if (onDenied === 'REJECT') throw error;
      if (isNullable && onDenied === 'NULL') return [error];
      // Whom the viewer may not see is left out; an outage must not pass for a shorter list.
      if (error.code !== 'FORBIDDEN' || resource === undefined) throw error;
      context.noteFiltered(resource);
      return [];
    };

    const verdicts = Array.from(items).map((item) =>
      isPromise(item) ? Promise.resolve(item).then(verdictOf) : rejecting(() => verdictOf(item)),
    );
    return whenKnown(verdicts, (known) => known.flatMap(shown));
  }

  function admitted(
    value: unknown,
    type: GraphQLOutputType,
    context: GuardContext,
    path: Path,
    itemGuards: readonly Guard[] = [],
  ): unknown {
    if (!isGuardable(value)) return value;
    const nullable = isNonNullType(type) ? type.ofType : type;
    if (isListType(nullable)) {
      // What is no list fails when graphql-js completes it, so it never gets out.
      if (!(Symbol.iterator in value)) return value;
      const itemType = nullable.ofType as GraphQLOutputType;
      return admittedItems(value as Iterable<unknown>, itemType, context, path, itemGuards);
    }
    const denied = denial(value, nullable as GraphQLNamedType, context, path);
    if (isPromise(denied)) return denied.then((found) => unlessDenied(found, value));
    return unlessDenied(denied, value);
  }

  return { admitted, denial };
}

/** Takes note of what was found readable, so that it is not asked again. */
function admitUnless(
  denied: Denial | undefined,
  value: object,
  typeName: string,
  context: GuardContext,
  path: Path,
): Denial | undefined {
  if (denied === undefined) context.admit(value, typeName, path);
  return denied;
}

/** @throws PortcullisError what was denied */
function unlessDenied<Value>(denied: Denial | undefined, value: Value): Value {
  if (denied !== undefined) throw denied.error;
  return value;
}

const isGuardable = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !(value instanceof Error);

/** Makes a throw a rejection: what was begun for others beside it would otherwise reject unheard. */
function rejecting<Value>(find: () => MaybePromise<Value>): MaybePromise<Value> {
  try {
    return find();
  } catch (error) {
    return Promise.reject(error instanceof Error ? error : new Error('Not an error.', { cause: error }));
  }
}
