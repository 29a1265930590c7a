import { isUnionType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';

import { allUsages } from '../directives/guarded-types.js';

/**
 * Who asks for an entity by its key sends a representation of it. A type without a reference resolver takes that for the entity, and
 * the caller would say what the policies are told, and what the guards are about.
 *
 * @param described the types that the policies are told of
 * @throws Error naming what is no type, or has no reference resolver and needs one
 */
export function requireFound(schema: GraphQLSchema, described: readonly string[]): void {
  for (const name of described) {
    if (schema.getType(name) === undefined)
      throw new Error(`resources.${name}: the schema has no such type.`);
  }
  const guarded = new Set(allUsages(schema).map(({ typeName }) => typeName));
  for (const type of entitiesOf(schema)) {
    if (hasReferenceResolver(type)) continue;
    const { name } = type;
    if (described.includes(name)) {
      throw new Error(`resources.${name}: ${name} needs a __resolveReference, or callers describe it.`);
    }
    if (guarded.has(name)) {
      throw new Error(
        `${name} is guarded: it needs a __resolveReference, or callers say what its guards are about.`,
      );
    }
  }
}

/** What `_entities` takes, types with `resolvable: false` among them. */
function entitiesOf(schema: GraphQLSchema): readonly GraphQLObjectType[] {
  const entities = schema.getType('_Entity');
  return isUnionType(entities) ? entities.getTypes() : [];
}

/** Where `buildSubgraphSchema` puts it. */
function hasReferenceResolver({ extensions }: GraphQLObjectType): boolean {
  const { apollo } = extensions as {
    readonly apollo?: { readonly subgraph?: { readonly resolveReference?: unknown } };
  };
  return apollo?.subgraph?.resolveReference !== undefined;
}
