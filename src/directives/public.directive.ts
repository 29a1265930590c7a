import { DirectiveLocation, GraphQLDirective } from 'graphql';

/** Marks an entity type as readable by anyone, so that leaving `@authorize` out is never an oversight. */
export const publicDirective = new GraphQLDirective({
  name: 'public',
  description: 'Marks an entity type that anyone may read: the alternative to @authorize, never the default.',
  locations: [DirectiveLocation.OBJECT],
});
