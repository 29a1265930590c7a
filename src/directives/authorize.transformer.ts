import {
  GraphQLObjectType,
  type GraphQLFieldConfig,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';

import { enforceGuards } from './enforce-guards.js';
import { judgeRepresentations } from './entity-references.js';
import type { GuardContext } from './guard-context.js';
import { requireEntitiesGuarded } from './guarded-types.js';
import { IDENTITY_TERMS } from './identity-terms.js';
import type { ResultFilter } from './result-filter.js';
import { withTypeJudge } from './type-judge.js';

type ReferenceResolver = (
  reference: Record<string, unknown>,
  context: GuardContext,
  info: GraphQLResolveInfo,
) => unknown;

/**
 * Enforces `@authorize` on the identity subgraph: on fields before they resolve, on types wherever a field or a reference resolver
 * yields one.
 *
 * @throws Error where an entity type has neither `@authorize` nor `@public`, or a usage makes no sense.
 */
export function enforceAuthorize(schema: GraphQLSchema): GraphQLSchema {
  requireEntitiesGuarded(schema);
  return enforceGuards(schema, IDENTITY_TERMS, {
    // What federation's own field yields is guarded by the reference resolvers.
    ofField: (config, types) =>
      judgeRepresentations(config as GraphQLFieldConfig<unknown, GuardContext>, types) as typeof config,
    ofType: guardType,
  });
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
