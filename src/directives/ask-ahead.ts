import {
  getNamedType,
  isObjectType,
  Kind,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

import { isPromise, type MaybePromise } from '../services/maybe-promise.js';
import { fieldGuards } from './field-guards.js';
import type { GuardAsker, GuardContext, GuardedResource } from './guard-context.js';
import type { Guard } from './guard.js';
import type { GuardedTypes } from './guarded-types.js';
import type { GuardTerms } from './guard-terms.js';

/**
 * Asks, of objects that a field has yielded, what the guards of the fields that are selected of them will ask: together with what
 * the guards of their type ask, instead of once that is answered. It decides nothing, and never throws nor rejects.
 */
export type AskAhead = (value: unknown, context: GuardContext, info: GraphQLResolveInfo) => void;

export function createAskAhead(schema: GraphQLSchema, types: GuardedTypes, terms: GuardTerms): AskAhead {
  const known = new Map<string, ReadonlyMap<string, readonly Guard[]>>();

  /** The guards of a type's fields that need nothing but the object itself, by the names of the fields. */
  const guardsOn = (typeName: string): ReadonlyMap<string, readonly Guard[]> => {
    const before = known.get(typeName);
    if (before !== undefined) return before;
    const type = schema.getType(typeName);
    const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
    const guards = fields.map(({ name, ...config }): [string, readonly Guard[]] => {
      const where = `${typeName}.${name}`;
      const { ofField } = fieldGuards(schema, types, config as never, typeName, where, terms);
      return [name, ofField.filter(({ fromArguments }) => !fromArguments)];
    });
    const made = new Map(guards.filter(([, ofField]) => ofField.length > 0));
    known.set(typeName, made);
    return made;
  };

  return (value, context, info) => {
    try {
      const asker = context.requireAsker(info.path);
      const declared = getNamedType(info.returnType);
      const selected = new Map<string, readonly Guard[]>();
      forEachObject(value, (object) => {
        const typeName = typeNameOf(object, declared);
        if (typeName === undefined) return;
        const guards = selected.get(typeName) ?? selectedOf(guardsOn(typeName), info);
        selected.set(typeName, guards);
        for (const guard of guards) ask(guard, object, asker, context);
      });
    } catch {
      // Whatever is wrong, the guards themselves say.
    }
  };
}

/** At the bottom of lists of lists, and of what is still to come when it is there. */
function forEachObject(value: unknown, see: (object: object) => void): void {
  if (isPromise(value)) {
    value.then((known) => forEachObject(known, see)).then(undefined, () => {});
  } else if (Array.isArray(value)) {
    for (const item of value) forEachObject(item, see);
  } else if (typeof value === 'object' && value !== null && !(value instanceof Error)) {
    see(value);
  }
}

/** What an object says that it is where the schema leaves it open; if that is not true, a question too many is asked. */
function typeNameOf(object: object, declared: GraphQLNamedType): string | undefined {
  if (isObjectType(declared)) return declared.name;
  const { __typename: name } = object as { readonly __typename?: unknown };
  return typeof name === 'string' ? name : undefined;
}

/** The guards of the fields that an operation selects, whatever its type conditions and directives say. */
function selectedOf(
  guards: ReadonlyMap<string, readonly Guard[]>,
  { fieldNodes, fragments }: GraphQLResolveInfo,
): readonly Guard[] {
  if (guards.size === 0) return [];
  const found = new Set<Guard>();
  const spread = new Set<string>();
  const look = (selectionSet: SelectionSetNode | undefined): void => {
    for (const node of selectionSet?.selections ?? []) {
      if (node.kind === Kind.FIELD) for (const guard of guards.get(node.name.value) ?? []) found.add(guard);
      else if (node.kind === Kind.INLINE_FRAGMENT) look(node.selectionSet);
      else if (!spread.has(node.name.value)) {
        spread.add(node.name.value);
        look(fragments[node.name.value]?.selectionSet);
      }
    }
  };
  for (const { selectionSet } of fieldNodes) look(selectionSet);
  return [...found];
}

function ask(guard: Guard, source: object, asker: GuardAsker, context: GuardContext): void {
  const askAbout = (resources: readonly GuardedResource[]) => {
    for (const resource of resources) void context.ask(asker, guard.action, resource);
  };
  let resources: MaybePromise<readonly GuardedResource[]>;
  try {
    resources = guard.locate({ source, args: {}, asker, context });
  } catch {
    return;
  }
  if (isPromise(resources)) resources.then(askAbout, () => {});
  else askAbout(resources);
}
