import { GraphQLDateTime } from 'graphql-scalars';
import { Directive, Field, ID, ObjectType } from 'type-graphql';

import { Authorize } from '../directives/authorize.decorator.js';
import type { UserStatus, UserType } from '../services/users/user-store.js';
import { EmailAddress } from './email-address.scalar.js';
import { PhoneNumber } from './phone-number.scalar.js';
import { UserStatusEnum } from './user-status.enum.js';
import { UserTypeEnum } from './user-type.enum.js';

/** The fields that a user's own record answers; the others have resolvers in `resolvers/user.resolver.ts`. */
@Directive('@key(fields: "id")')
@Authorize({ action: 'readUser' })
@ObjectType({
  simpleResolvers: true,
  description: 'A person in a user pool. The entity that other subgraphs extend.',
})
export class User {
  @Field(() => ID, { description: 'Cognito’s `sub`.' })
  id!: string;

  @Authorize({ action: 'readContact' })
  @Field(() => EmailAddress, { nullable: true, description: 'Null where the viewer may not read it.' })
  email!: string | null;

  @Authorize({ action: 'readContact' })
  @Field(() => Boolean, { nullable: true, description: 'Has the person proven that the address is theirs?' })
  emailVerified!: boolean | null;

  @Authorize({ action: 'readContact' })
  @Field(() => PhoneNumber, { nullable: true, description: 'In E.164 form.' })
  phoneNumber!: string | null;

  @Authorize({ action: 'readContact' })
  @Field(() => Boolean, { nullable: true, description: 'Has the person proven that the number is theirs?' })
  phoneNumberVerified!: boolean | null;

  @Field(() => String, { nullable: true, description: 'Null where none is set.' })
  givenName!: string | null;

  @Field(() => String, { nullable: true, description: 'Null where none is set.' })
  familyName!: string | null;

  @Field(() => UserTypeEnum, { description: 'Which pool the person lives in.' })
  userType!: UserType;

  @Field(() => UserStatusEnum, {
    nullable: true,
    description: 'How far the account has come. UNKNOWN, not null, for a state that has no name here.',
  })
  status!: UserStatus | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'A disabled person cannot sign in and has no session.',
  })
  enabled!: boolean | null;

  @Field(() => GraphQLDateTime, { description: 'When the account was made.' })
  createdAt!: Date;

  @Field(() => GraphQLDateTime, { description: 'When the account was last changed, as Cognito tells it.' })
  updatedAt!: Date;
}
