import { mapSchema, MapperKind } from '@graphql-tools/utils';
import {
  defaultFieldResolver,
  getNamedType,
  GraphQLObjectType,
  isObjectType,
  type GraphQLFieldConfig,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';

import { judgeRepresentations } from './entity-references.js';
import type { GuardContext } from './guard-context.js';
import { requireAdmission, type Guard } from './guard.js';
import { authorizeUsages, readGuardedTypes, type GuardedTypes } from './guarded-types.js';
import { resourceLocator } from './resource-locator.js';
import { createResultFilter, type ResultFilter } from './result-filter.js';

type ReferenceResolver = (
  reference: Record<string, unknown>,
  context: GuardContext,
  info: GraphQLResolveInfo,
) => unknown;

/**
 * Enforces `@authorize` on a subgraph schema: on fields before they resolve, on types wherever a field
 * or a reference resolver yields one. Fields that neither carry nor lead to a guard are left untouched.
 *
 * @throws Error where an entity type has neither `@authorize` nor `@public`, or a usage makes no sense.
 */
export function enforceAuthorize(schema: GraphQLSchema): GraphQLSchema {
  const types = readGuardedTypes(schema);
  const filter = createResultFilter(schema, types);
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (config: GraphQLFieldConfig<unknown, GuardContext>, name, typeName) => {
      // Federation's own field: what it yields is guarded by the reference resolvers.
      if (name === '_entities') return judgeRepresentations(config, types);
      return guardField(schema, types, filter, config, `${typeName}.${name}`, typeName);
    },
    [MapperKind.OBJECT_TYPE]: (type) =>
      types.guardsOf(type.name).length > 0 ? guardReferences(type, filter) : type,
  });
}

function guardField(
  schema: GraphQLSchema,
  types: GuardedTypes,
  filter: ResultFilter,
  config: GraphQLFieldConfig<unknown, GuardContext>,
  where: string,
  typeName: string,
): GraphQLFieldConfig<unknown, GuardContext> {
  const rootNames = [schema.getQueryType()?.name, schema.getMutationType()?.name];
  const owner = { typeName, isEntity: types.isEntity(typeName), isRoot: rootNames.includes(typeName) };
  const guards: Guard[] = authorizeUsages(schema, config).map((usage) => ({
    action: usage.action,
    locate: resourceLocator(usage, owner, where),
    fromArguments: usage.resource?.startsWith('$args') ?? false,
  }));
  const named = getNamedType(config.type);
  const filtersResult =
    types.leadsToGuarded(named) || (isObjectType(named) && types.carriedBy(named.name).length > 0);
  if (guards.length === 0 && !filtersResult) return config;

  const resolve = config.resolve ?? defaultFieldResolver;
  const resolveAndFilter: typeof resolve = filtersResult
    ? (source, args, context, info) => {
        const result: unknown = resolve(source, args, context, info);
        return result instanceof Promise
          ? result.then((value: unknown) => filter(value, config.type, context, info.path))
          : filter(result, config.type, context, info.path);
      }
    : resolve;
  if (guards.length === 0) return { ...config, resolve: resolveAndFilter };
  return {
    ...config,
    resolve: (source, args: Record<string, unknown>, context, info) =>
      requireAdmission(guards, source, args, context, info.path).then(() =>
        resolveAndFilter(source, args, context, info),
      ),
  };
}

/**
 * Wraps the reference resolver of a guarded entity. Only the key reaches it, so that a representation
 * cannot bring attributes along. It never throws synchronously: graphql-js would then null the whole of
 * `_entities` instead of the one item.
 */
function guardReferences(type: GraphQLObjectType, filter: ResultFilter): GraphQLObjectType {
  const config = type.toConfig();
  const extensions = config.extensions as {
    apollo?: { subgraph?: { resolveReference?: ReferenceResolver } };
  };
  const resolveReference = extensions.apollo?.subgraph?.resolveReference;
  if (resolveReference === undefined) return type;
  const guarded: ReferenceResolver = async (reference, context, info) => {
    const key = { __typename: type.name, id: reference.id };
    await filter(key, type, context, info.path);
    return resolveReference(key, context, info);
  };
  const subgraph = { ...extensions.apollo?.subgraph, resolveReference: guarded };
  return new GraphQLObjectType({
    ...config,
    extensions: { ...config.extensions, apollo: { ...extensions.apollo, subgraph } },
  });
}
