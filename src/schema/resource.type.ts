import { GraphQLJSONObject } from 'graphql-scalars';
import { Directive, Field, ID, ObjectType } from 'type-graphql';

import type { CedarRecord } from '../services/authorization/question.js';

/**
 * What other subgraphs' entities are to this one, which never learns their type: whatever implements the supergraph's interface
 * `Resource` (Apollo Federation, `@interfaceObject`). Its fields but for the key are resolved in `resolvers/resource.resolver.ts`.
 */
@Directive('@interfaceObject')
@Directive('@key(fields: "cedarUid cedarAttributes")')
@Directive('@public')
@ObjectType({
  simpleResolvers: true,
  description:
    'An entity of another subgraph that Cedar decides about. Subgraphs declare it as an interface, with the key `cedarUid cedarAttributes`, and their entities implement it.',
})
export class Resource {
  @Directive('@inaccessible')
  @Field(() => ID, {
    description: 'Its name in Cedar, such as `Documents::Document::"1"`.',
  })
  cedarUid!: string;

  @Directive('@inaccessible')
  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description:
      'Its attributes in Cedar’s JSON form, as its type declares them; null where it declares none. They count only from a gateway that proves itself.',
  })
  cedarAttributes!: CedarRecord | null;
}
