import { Field, InputType } from 'type-graphql';

import type { UserStatus, UserType } from '../services/users/user-store.js';
import { UserStatusEnum } from './user-status.enum.js';
import { UserTypeEnum } from './user-type.enum.js';

@InputType({
  description:
    'One attribute, one operator: the filters that Cognito ListUsers can serve from its indexes. At most one of them, besides `userType` and `enabled`.',
})
export class UserFilter {
  @Field(() => String, { nullable: true, description: 'The whole address, in any case.' })
  email?: string | null;

  @Field(() => String, { nullable: true, description: 'In any case; at least one character.' })
  emailStartsWith?: string | null;

  @Field(() => String, { nullable: true, description: 'The whole number, in E.164 form.' })
  phoneNumber?: string | null;

  @Field(() => String, { nullable: true, description: 'At least one character.' })
  givenNameStartsWith?: string | null;

  @Field(() => String, { nullable: true, description: 'At least one character.' })
  familyNameStartsWith?: string | null;

  @Field(() => UserStatusEnum, { nullable: true, description: 'Accounts in this state alone.' })
  status?: UserStatus | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'True: people who are enabled; false: the disabled; both when left out.',
  })
  enabled?: boolean | null;

  @Field(() => UserTypeEnum, { nullable: true, description: 'Which pool; both when left out.' })
  userType?: UserType | null;
}
