import { DirectiveLocation, GraphQLDirective, GraphQLNonNull, GraphQLString } from 'graphql';
import { Directive } from 'type-graphql';

import type { IdentityAction } from '../services/authorization/actions.js';

/** One use of `@authorize`. */
export interface AuthorizeUsage {
  /** The Cedar action's id. */
  readonly action: string;
  /** `$source.…`, `$args.…` or `$viewer`; the parent entity or the application when left out. */
  readonly resource?: string | undefined;
  /** The Cedar type of what `resource` finds, where that is not the type that the field belongs to. */
  readonly resourceType?: string | undefined;
}

/** The directive as the schema declares it. `authorize.transformer.ts` enforces it. */
export const authorizeDirective = new GraphQLDirective({
  name: 'authorize',
  description: [
    'Guards a field, or every field of a type and every way to reach that type (reference resolvers included), with a Cedar decision.',
    '`action` is the Cedar action id.',
    '`resource` says which entity the decision is about: a path into the parent value ("$source.id"), into the arguments ("$args.id" or "$args.input.userId"), or "$viewer"; when left out it is the parent entity on a field of an entity type, and the application itself on Query and Mutation fields.',
    '`resourceType` is the Cedar type of what the path finds, where that is not the type the field belongs to.',
    'The check fails closed. Who is not signed in gets UNAUTHENTICATED, who is and may not gets FORBIDDEN.',
    'Below a sign-in mutation the viewer is whoever just signed in.',
  ].join('\n'),
  isRepeatable: true,
  locations: [DirectiveLocation.FIELD_DEFINITION, DirectiveLocation.OBJECT],
  args: {
    action: { type: new GraphQLNonNull(GraphQLString) },
    resource: { type: GraphQLString },
    resourceType: { type: GraphQLString },
  },
});

/** Puts `@authorize` on a type-graphql class or field; the action must be one of this service's own. */
export function Authorize(usage: AuthorizeUsage & { action: IdentityAction }) {
  const args = Object.entries(usage).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return Directive(`@authorize(${args.join(', ')})`);
}
