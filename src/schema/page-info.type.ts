import { Directive, Field, ObjectType } from 'type-graphql';

@Directive('@shareable')
@ObjectType({
  simpleResolvers: true,
  description: 'Where a page stands in its list (GraphQL Cursor Connections).',
})
export class PageInfo {
  @Field(() => Boolean, { description: 'Is there more behind the last edge?' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Is there more before the first edge?' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'The cursor of the first edge.' })
  startCursor!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'The cursor of the last edge: pass it as `after` for the next page.',
  })
  endCursor!: string | null;
}
