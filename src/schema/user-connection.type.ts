import { Field, ObjectType } from 'type-graphql';

import { PageInfo } from './page-info.type.js';
import { User } from './user.type.js';

@ObjectType({ simpleResolvers: true, description: 'A person in a list, with their place in it.' })
export class UserEdge {
  @Field(() => String, { description: 'Opaque, sealed, and good only for a list with the same filter.' })
  cursor!: string;

  @Field(() => User, { description: 'The person themselves.' })
  node!: User;
}

@ObjectType({
  simpleResolvers: true,
  description:
    'A page of people. Whom the viewer may not read is left out and counted in `extensions.authorization.filtered`.',
})
export class UserConnection {
  @Field(() => [UserEdge], {
    description:
      'The people of this page, each with a cursor. They may be fewer than `first`, or none, though more follow: `pageInfo` tells.',
  })
  edges!: UserEdge[];

  @Field(() => [User], { description: 'The same people as in `edges`, without their cursors.' })
  nodes!: User[];

  @Field(() => PageInfo, { description: 'Whether there is more, and the cursor to go on with.' })
  pageInfo!: PageInfo;
}
