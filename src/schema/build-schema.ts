import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { parse, specifiedDirectives, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql';
import { buildSchemaSync, createResolversMap, type NonEmptyArray } from 'type-graphql';

import { authorizeDirective } from '../directives/authorize.directive.js';
import { publicDirective } from '../directives/public.directive.js';
import { rateLimitDirective } from '../directives/rate-limit.directive.js';
import { policyDirective, ROUTER_DIRECTIVE_IMPORTS, withRouterDirectives } from './router-directives.js';

/** A resolver of references to an entity, by the name of its type (Apollo Federation, `_entities`). */
export type ReferenceResolvers = Readonly<Record<string, (reference: never, context: never) => unknown>>;

/** What resolves a field, by the names of its type and its own. */
export type FieldResolvers = Readonly<
  Record<string, Readonly<Record<string, GraphQLFieldResolver<never, never, never>>>>
>;

export interface SubgraphParts {
  /** The type-graphql resolver classes. */
  readonly resolvers: NonEmptyArray<new () => object>;
  /** Types that no field leads to. */
  readonly contributedTypes?: readonly (new () => object)[];
  /** Instead of what type-graphql makes of those, where that costs too much. */
  readonly plainResolvers: FieldResolvers;
  readonly references: ReferenceResolvers;
}

export interface SchemaOptions {
  /** Whether the schema tells routers what to refuse early; it does unless told otherwise. */
  readonly routerDirectives?: boolean;
}

const FEDERATION_IMPORTS = ['@key', '@shareable', '@inaccessible', '@interfaceObject'];

const federationLink = (imports: readonly string[]) => `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.7", import: [${imports.map((name) => JSON.stringify(name)).join(', ')}])`;

/** type-graphql has no decorator for these two. */
const ROOT_DESCRIPTIONS = {
  Query: 'What can be asked.',
  Mutation:
    'What can be changed. One operation holds at most one mutation that checks a password, a code or a token, or mails somebody: OPERATION_TOO_COMPLEX otherwise.',
};

/**
 * Builds the Federation 2 subgraph from its code-first parts, without any guard: `enforceAuthorize` and
 * `enforceRateLimit` come on top. The SDL is what the subgraph is built from, so what is printed is what runs.
 */
export function buildUnguardedSchema(
  parts: SubgraphParts,
  { routerDirectives = true }: SchemaOptions = {},
): { schema: GraphQLSchema; sdl: string } {
  const codeFirst = buildSchemaSync({
    resolvers: parts.resolvers,
    orphanedTypes: [...(parts.contributedTypes ?? [])],
    directives: [
      ...specifiedDirectives,
      authorizeDirective,
      publicDirective,
      rateLimitDirective,
      ...(routerDirectives ? [policyDirective] : []),
    ],
    validate: false,
    // The federation directives are declared by @link, which only the subgraph library reads.
    skipCheck: true,
  });
  for (const [name, description] of Object.entries(ROOT_DESCRIPTIONS)) {
    const root = codeFirst.getType(name);
    if (root) root.description = description;
  }
  const printed = printSchemaWithDirectives(routerDirectives ? withRouterDirectives(codeFirst) : codeFirst);
  const imports = [...FEDERATION_IMPORTS, ...(routerDirectives ? ROUTER_DIRECTIVE_IMPORTS : [])];
  const sdl = `${federationLink(imports)}\n\n${printed.replace(/schema\s*\{[^}]*\}\s*/, '').trim()}\n`;
  const resolvers: Record<string, Record<string, unknown>> = { ...createResolversMap(codeFirst) } as never;
  for (const [typeName, fields] of Object.entries(parts.plainResolvers)) {
    resolvers[typeName] = { ...resolvers[typeName], ...fields };
  }
  for (const [typeName, resolveReference] of Object.entries(parts.references)) {
    resolvers[typeName] = { ...resolvers[typeName], __resolveReference: resolveReference };
  }
  return { schema: buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as never }), sdl };
}
