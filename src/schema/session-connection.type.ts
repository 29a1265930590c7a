import { Field, ObjectType } from 'type-graphql';

import { PageInfo } from './page-info.type.js';
import { Session } from './session.type.js';

@ObjectType({ simpleResolvers: true, description: 'A session in a list, with its place in it.' })
export class SessionEdge {
  @Field(() => String, { description: 'Opaque, sealed, and good only for the sessions of the same person.' })
  cursor!: string;

  @Field(() => Session, { description: 'The session itself.' })
  node!: Session;
}

@ObjectType({ simpleResolvers: true, description: 'A page of sessions, newest first.' })
export class SessionConnection {
  @Field(() => [SessionEdge], { description: 'The sessions of this page, each with its cursor.' })
  edges!: SessionEdge[];

  @Field(() => [Session], { description: 'The same sessions as in `edges`, without their cursors.' })
  nodes!: Session[];

  @Field(() => PageInfo, { description: 'Whether there is more, and the cursor to go on with.' })
  pageInfo!: PageInfo;
}
