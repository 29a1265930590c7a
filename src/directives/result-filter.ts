import {
  getNullableType,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLAbstractType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';

import {
  asError,
  isPromise,
  rejecting,
  whenKnown,
  whenOneKnown,
  type MaybePromise,
} from '../services/maybe-promise.js';
import type { GuardContext, Path } from './guard-context.js';
import type { GuardTerms } from './guard-terms.js';
import { isBinding, judge, strictestOf, unknowable, type Denial, type Guard } from './guard.js';
import type { GuardedTypes } from './guarded-types.js';
import type { TypeJudge } from './type-judge.js';

/**
 * What the viewer sees of a value. A denied object becomes a rejection where it stands alone. In a list it is left out and
 * counted where a guard says FILTER, or where an item cannot be null, so that an error would take its siblings along; else it
 * becomes an Error.
 */
export type Admit = (value: unknown, context: GuardContext, path: Path) => unknown;

/** Holds what fields yield against the guards on types, and against those that decide on the items of a field. */
export interface ResultFilter {
  /** To be made ready for each field when the schema is built. */
  readonly ofType: (type: GraphQLOutputType, itemGuards?: readonly Guard[]) => Admit;
  /** For one object of a type, which never throws; whom it admits it does not ask of again. */
  readonly judgeOf: (type: GraphQLNamedType) => TypeJudge;
}

export function createResultFilter(
  schema: GraphQLSchema,
  types: GuardedTypes,
  terms: GuardTerms,
): ResultFilter {
  /** By the names of object types, made when they are first met: one may lead to itself. */
  const judges = new Map<string, TypeJudge>();

  const judgeOf = (type: GraphQLNamedType): TypeJudge =>
    isAbstractType(type) ? judgeOfWhatItIs(type) : judgeOfObject(type.name);

  const judgeOfWhatItIs =
    (type: GraphQLAbstractType): TypeJudge =>
    (value, context, path) =>
      rejecting(() => {
        const typeName = runtimeType(value, type, context);
        if (typeName === undefined) return { error: unknowable(terms), onDenied: 'NULL' };
        return judgeOfObject(typeName)(value, context, path);
      });

  function judgeOfObject(typeName: string): TypeJudge {
    const known = judges.get(typeName);
    if (known !== undefined) return known;
    const own = ownJudge(typeName, types.guardsOf(typeName));
    const carried = carriedBy(typeName);
    const made: TypeJudge =
      carried.length === 0
        ? own
        : (value, context, path) =>
            whenKnown(
              [own(value, context, path), ...carried.map((denial) => denial(value, context, path))],
              strictestOf,
            );
    judges.set(typeName, made);
    return made;
  }

  /** An edge is denied with its node. */
  function carriedBy(typeName: string): readonly TypeJudge[] {
    const carrier = schema.getType(typeName);
    if (!isObjectType(carrier)) return [];
    return types.carriedBy(typeName).flatMap((name) => {
      const type = carrier.getFields()[name]?.type;
      if (!isNonNullType(type)) return [];
      const carriedType = type.ofType as GraphQLNamedType;
      const denial: TypeJudge = (value, context, path) =>
        rejecting(() => {
          const carried: unknown = Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
          const isObject = typeof carried === 'object' && carried !== null;
          return isObject ? judgeOf(carriedType)(carried, context, path) : undefined;
        });
      return [denial];
    });
  }

  const ofType = (type: GraphQLOutputType, itemGuards: readonly Guard[] = []): Admit => {
    const nullable = getNullableType(type);
    const admit = isListType(nullable) ? ofList(nullable.ofType, itemGuards) : ofObject(judgeOf(nullable));
    // Whatever graphql-js would wait for: a thenable handed back would be completed unjudged.
    return (value, context, path) => whenOneKnown(value, (known) => admit(known, context, path));
  };

  const ofList = (itemType: GraphQLOutputType, itemGuards: readonly Guard[]): Admit => {
    const inner = getNullableType(itemType);
    const admitItems = isListType(inner)
      ? ofLists(ofType(inner, itemGuards))
      : ofItems(itemJudge(judgeOf(inner), itemGuards), !isNonNullType(itemType));
    return (value, context, path) => {
      // What is no list fails when graphql-js completes it, so it never gets out.
      if (isNothing(value) || typeof value !== 'object' || !(Symbol.iterator in value)) return value;
      return admitItems([...(value as Iterable<unknown>)], context, path);
    };
  };

  return { ofType, judgeOf };
}

/** Of an object type with these guards, whatever it carries. Whom it admits it notes, so that nobody is asked about twice. */
function ownJudge(typeName: string, guards: readonly Guard[]): TypeJudge {
  if (guards.length === 0) return () => undefined;
  // Who nobody is denied to was not found readable by anybody.
  const isNoted = guards.some(isBinding);
  const noted: TypeJudge = (value, context, path) => {
    if (isNoted) context.admit(value, typeName, path);
    return undefined;
  };
  const whenJudged = async (
    denial: Promise<Denial | undefined>,
    ...[value, context, path]: Parameters<TypeJudge>
  ) => (await denial) ?? noted(value, context, path);

  return (value, context, path) => {
    try {
      if (isNoted && context.isAdmitted(value, typeName, path)) return undefined;
      const denial = judge(guards, { source: value, args: {} }, context, path);
      if (isPromise(denial)) return whenJudged(denial, value, context, path);
      return denial ?? noted(value, context, path);
    } catch (error) {
      return Promise.reject(asError(error));
    }
  };
}

/**
 * Which object type graphql-js will take a value for: what the abstract type's own function says, whatever the value calls
 * itself; undefined where that only tells later, which is no proof of what it will say to graphql-js.
 */
function runtimeType(value: object, type: GraphQLAbstractType, context: GuardContext): string | undefined {
  const resolved: unknown = type.resolveType
    ? type.resolveType(value, context.resolverContext, {} as GraphQLResolveInfo, type)
    : (value as { __typename?: unknown }).__typename;
  // A rejection is graphql-js's to tell.
  if (isPromise(resolved)) resolved.then(undefined, () => undefined);
  return typeof resolved === 'string' ? resolved : undefined;
}

const ofObject =
  (denial: TypeJudge): Admit =>
  (value, context, path) => {
    if (isNothing(value)) return value;
    return whenOneKnown(denial(value, context, path), (denied) => unlessDenied(denied, value));
  };

/** @throws DenialError what was denied */
function unlessDenied<Value>(denied: Denial | undefined, value: Value): Value {
  if (denied !== undefined) throw denied.error;
  return value;
}

/** Hears of every item at once, so that none rejects unheard while another is waited for. */
type AdmitItems = (
  items: readonly unknown[],
  context: GuardContext,
  path: Path,
) => MaybePromise<readonly unknown[]>;

type ItemJudge = (item: unknown, context: GuardContext, path: Path) => MaybePromise<Denial | undefined>;

const ofLists =
  (admitList: Admit): AdmitItems =>
  (lists, context, path) =>
    whenKnown(
      lists.map((list) => rejecting(() => admitList(inItsPlace(list), context, path))),
      (admitted) => admitted,
    );

const itemJudge =
  (byType: TypeJudge, itemGuards: readonly Guard[]): ItemJudge =>
  (item, context, path) => {
    if (isNothing(item)) return undefined;
    const ofItsType = byType(item, context, path);
    if (itemGuards.length === 0) return ofItsType;
    const site = { source: undefined, args: {}, item };
    return whenKnown([rejecting(() => judge(itemGuards, site, context, path)), ofItsType], strictestOf);
  };

function ofItems(denial: ItemJudge, isNullable: boolean): AdmitItems {
  const shown = (item: unknown, denied: Denial | undefined, context: GuardContext): unknown[] => {
    if (denied === undefined) return [item];
    const { error, onDenied, resource } = denied;
    if (onDenied === 'REJECT') throw error;
    if (isNullable && onDenied === 'NULL') return [error];
    // Whom the viewer may not see is left out; an outage must not pass for a shorter list.
    if (error.code !== 'FORBIDDEN' || resource === undefined) throw error;
    context.noteFiltered(resource);
    return [];
  };
  // What was judged is what is shown: a lazy item may yield something else the next time it is waited for.
  return (items, context, path) =>
    whenKnown(items.map(inItsPlace), (known) =>
      whenKnown(
        known.map((item) => denial(item, context, path)),
        (denials) =>
          denials.every((denied) => denied === undefined)
            ? known
            : known.flatMap((item, index) => shown(item, denials[index], context)),
      ),
    );
}

/** An item that rejects becomes an Error, which is null in its own place where it can be, as graphql-js has it. */
const inItsPlace = (item: unknown): unknown =>
  isPromise(item) ? Promise.resolve(item).then(undefined, asError) : item;

/** What graphql-js completes without asking for anything of it. Fields can be resolved from whatever else there is, a text too. */
const isNothing = (value: unknown): value is null | undefined | Error =>
  value === null || value === undefined || value instanceof Error;
