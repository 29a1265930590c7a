import { mapSchema, MapperKind } from '@graphql-tools/utils';
import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLList,
  GraphQLNonNull,
  GraphQLString,
  Kind,
  parseConstValue,
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  type GraphQLFieldConfig,
  type GraphQLSchema,
} from 'graphql';

import type { AuthorizeUsage } from '../directives/authorize.directive.js';
import { authorizeUsages } from '../directives/guarded-types.js';
import { isAboutItems } from '../directives/resource-locator.js';
import { APPLICATION, qualifyAction } from '../services/authorization/names.js';
import { parsePolicy } from '../services/authorization/policy-text.js';
import { uidText } from '../services/authorization/question.js';

/** What a gateway imports of Federation for these. */
export const ROUTER_DIRECTIVE_IMPORTS = ['@authenticated', '@policy'] as const;

const LOCATIONS = [
  DirectiveLocation.FIELD_DEFINITION,
  DirectiveLocation.OBJECT,
  DirectiveLocation.INTERFACE,
  DirectiveLocation.SCALAR,
  DirectiveLocation.ENUM,
];

/** Federation 2.6 declares it, and Cosmo's composition does not know it unless the schema itself does. */
export const policyDirective = new GraphQLDirective({
  name: 'policy',
  description:
    'Read by routers, which ask the coprocessor: each list holds policies that are all needed, and one of the lists will do. Derived from `@authorize`.',
  locations: LOCATIONS,
  args: {
    policies: {
      type: new GraphQLNonNull(
        new GraphQLList(new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(GraphQLString)))),
      ),
    },
  },
});

/** Puts on root fields what routers can refuse before they ask this service. */
export function withRouterDirectives(schema: GraphQLSchema): GraphQLSchema {
  const roots = [schema.getQueryType()?.name, schema.getMutationType()?.name];
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (config: GraphQLFieldConfig<unknown, unknown>, name, typeName) => {
      // What is below a root field may be below a sign-in, and then somebody else asks than the router knows.
      if (!roots.includes(typeName)) return config;
      const derived = routerDirectives(authorizeUsages(schema, config));
      if (derived.length === 0) return config;
      const directives = [...(config.astNode?.directives ?? []), ...derived];
      return { ...config, astNode: { ...(config.astNode ?? nodeOf(name)), directives } };
    },
  });
}

/**
 * What the guards of a root field come to for a router: whoever it refuses, they would refuse.
 *
 * No guard asks nobody, so that somebody has to be signed in. What is about the application itself a router can have decided;
 * who `$viewer` is, or whom the arguments name, no policy string can say. Scopes say nothing by themselves: it is the policies
 * that make something of a service's, and people have none. A guard on trial refuses nobody.
 */
export function routerDirectives(usages: readonly AuthorizeUsage[]): readonly ConstDirectiveNode[] {
  const binding = usages.filter(({ dryRun }) => !dryRun);
  if (binding.length === 0) return [];
  const policies = [...new Set(binding.filter(isAboutApplication).map(({ action }) => action))];
  const authenticated = directiveNode('authenticated');
  return policies.length === 0 ? [authenticated] : [authenticated, directiveNode('policy', [policies])];
}

/** Is it about the application, and does its action read as the same policy? */
function isAboutApplication(usage: AuthorizeUsage): boolean {
  if (usage.resource !== undefined || isAboutItems(usage)) return false;
  const read = parsePolicy(usage.action);
  return (
    read !== undefined &&
    uidText(read.action) === uidText(qualifyAction(usage.action, APPLICATION.type)) &&
    uidText(read.resource) === uidText(APPLICATION)
  );
}

const nameNode = (value: string) => ({ kind: Kind.NAME, value }) as const;

const nodeOf = (name: string): FieldDefinitionNode => ({
  kind: Kind.FIELD_DEFINITION,
  name: nameNode(name),
  // Whoever prints a schema goes by the field itself.
  type: { kind: Kind.NAMED_TYPE, name: nameNode('String') },
});

const directiveNode = (name: string, policies?: readonly (readonly string[])[]): ConstDirectiveNode => {
  const argument = (value: unknown) =>
    ({
      kind: Kind.ARGUMENT,
      name: nameNode('policies'),
      value: parseConstValue(JSON.stringify(value)),
    }) as const;
  return { kind: Kind.DIRECTIVE, name: nameNode(name), arguments: policies ? [argument(policies)] : [] };
};
