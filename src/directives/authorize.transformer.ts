import { mapSchema, MapperKind } from '@graphql-tools/utils';
import {
  defaultFieldResolver,
  getNamedType,
  GraphQLObjectType,
  isNonNullType,
  isObjectType,
  type GraphQLFieldConfig,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';

import { withDecideAhead } from '../schema/decided-ahead.js';
import { rejecting, whenOneKnown } from '../services/maybe-promise.js';
import { judgeRepresentations } from './entity-references.js';
import { fieldGuards } from './field-guards.js';
import type { GuardContext } from './guard-context.js';
import { askerOf, isBinding, judge, stopWhereRefused, type Guard } from './guard.js';
import { readGuardedTypes, refusesOperations, type GuardedTypes } from './guarded-types.js';
import { createResultFilter, type Admit, type ResultFilter } from './result-filter.js';
import { withTypeJudge } from './type-judge.js';

type FieldConfig = GraphQLFieldConfig<unknown, GuardContext>;
type Resolve = NonNullable<FieldConfig['resolve']>;
type ReferenceResolver = (
  reference: Record<string, unknown>,
  context: GuardContext,
  info: GraphQLResolveInfo,
) => unknown;

/**
 * Enforces `@authorize` on a subgraph schema: on fields before they resolve, on types wherever a field
 * or a reference resolver yields one. Fields that neither carry nor lead to a guard are left untouched; where
 * guards refuse operations, mutations stop once one is refused.
 *
 * @throws Error where an entity type has neither `@authorize` nor `@public`, or a usage makes no sense.
 */
export function enforceAuthorize(schema: GraphQLSchema): GraphQLSchema {
  const types = readGuardedTypes(schema);
  const filter = createResultFilter(schema, types);
  const stopping = refusesOperations(schema) ? schema.getMutationType()?.name : undefined;
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (config: FieldConfig, name, typeName) => {
      // Federation's own field: what it yields is guarded by the reference resolvers.
      if (name === '_entities') return judgeRepresentations(config, types);
      const guarded = failingLater(
        config,
        guardField(schema, types, filter, config, `${typeName}.${name}`, typeName),
      );
      return typeName === stopping ? stopOnceRefused(guarded) : guarded;
    },
    [MapperKind.OBJECT_TYPE]: (type) =>
      types.guardsOf(type.name).length > 0 ? guardType(type, filter) : type,
  });
}

function guardField(
  schema: GraphQLSchema,
  types: GuardedTypes,
  filter: ResultFilter,
  config: FieldConfig,
  where: string,
  typeName: string,
): FieldConfig {
  const { ofField, ofItems } = fieldGuards(schema, types, config, typeName, where);
  const named = getNamedType(config.type);
  const filtersResult =
    ofItems.length > 0 ||
    types.leadsToGuarded(named) ||
    (isObjectType(named) && types.carriedBy(named.name).length > 0);
  if (ofField.length === 0 && !filtersResult) return config;

  const resolve = config.resolve ?? defaultFieldResolver;
  const resolveAndFilter = filtersResult
    ? filtered(resolve, filter.ofType(config.type, ofItems), ofItems)
    : resolve;
  if (ofField.length === 0) return { ...config, resolve: resolveAndFilter };
  const guarded: FieldConfig = {
    ...config,
    resolve: (source, args: Record<string, unknown>, context, info) => {
      return whenOneKnown(judge(ofField, { source, args }, context, info.path), (denied) => {
        if (denied !== undefined) throw denied.error;
        return resolveAndFilter(source, args, context, info);
      });
    },
  };
  return typeName === schema.getMutationType()?.name ? refuseAhead(guarded, ofField, typeName) : guarded;
}

function filtered(resolve: Resolve, admit: Admit, ofItems: readonly Guard[]): Resolve {
  const decidesOnItems = ofItems.some(isBinding);
  return (source, args, context, info) => {
    // Whose items cannot be decided on has nothing done for them.
    if (decidesOnItems) askerOf(ofItems, context, info.path);
    return admit(resolve(source, args, context, info), context, info.path);
  };
}

/**
 * Makes a throw of a guarded field that cannot be null a rejection: it would make one of the whole item, and graphql-js then drops
 * what is under way of the items before, which would reject unheard.
 */
function failingLater(unguarded: FieldConfig, guarded: FieldConfig): FieldConfig {
  if (guarded === unguarded || !isNonNullType(guarded.type)) return guarded;
  const resolve = guarded.resolve ?? defaultFieldResolver;
  return {
    ...guarded,
    resolve: (source, args, context, info) => rejecting(() => resolve(source, args, context, info)),
  };
}

/** Has the guards of a mutation that refuse operations asked before anything is executed. */
function refuseAhead(config: FieldConfig, guards: readonly Guard[], typename: string): FieldConfig {
  const refusing = guards.filter(({ onDenied, dryRun }) => onDenied === 'REJECT' && !dryRun);
  if (refusing.length === 0) return config;
  const extensions = withDecideAhead(config.extensions, async (args, context, key) =>
    judge(refusing, { source: undefined, args }, context, { prev: undefined, key, typename }),
  );
  return { ...config, extensions };
}

/** What comes after a refusal is not done: nobody would hear of it. */
function stopOnceRefused(config: FieldConfig): FieldConfig {
  const resolve = config.resolve ?? defaultFieldResolver;
  return {
    ...config,
    resolve: (source, args, context, info) => {
      stopWhereRefused(context);
      return resolve(source, args, context, info);
    },
  };
}

/**
 * Lets resolvers ask the guards of a type, and wraps its reference resolver. Only the key reaches that, so that a
 * representation cannot bring attributes along. It never throws synchronously: graphql-js would then null the whole of
 * `_entities` instead of the one item.
 */
function guardType(type: GraphQLObjectType, filter: ResultFilter): GraphQLObjectType {
  const config = type.toConfig();
  const extensions = withTypeJudge(config.extensions, filter.judgeOf(type)) as {
    apollo?: { subgraph?: { resolveReference?: ReferenceResolver } };
  };
  const resolveReference = extensions.apollo?.subgraph?.resolveReference;
  if (resolveReference === undefined) return new GraphQLObjectType({ ...config, extensions });
  const admit = filter.ofType(type);
  const guarded: ReferenceResolver = async (reference, context, info) => {
    const key = { __typename: type.name, id: reference.id };
    await admit(key, context, info.path);
    return resolveReference(key, context, info);
  };
  const subgraph = { ...extensions.apollo?.subgraph, resolveReference: guarded };
  return new GraphQLObjectType({
    ...config,
    extensions: { ...extensions, apollo: { ...extensions.apollo, subgraph } },
  });
}
