import { Field, InputType } from 'type-graphql';

import type { UserType } from '../services/users/user-store.js';
import { EmailAddress } from './email-address.scalar.js';
import { CODE } from './proof-arguments.js';
import { UserTypeEnum, WHICH_POOL } from './user-type.enum.js';

const NEW_PASSWORD =
  'By the pool’s policy, and none of the last five. PASSWORD_POLICY, with the broken rules in `details.rules`, where it is refused.';

@InputType({ description: 'The password that replaces a forgotten one.' })
export class ResetPasswordInput {
  @Field(() => EmailAddress, { description: 'The address that `forgotPassword` named, in any case.' })
  email!: string;

  @Field(() => UserTypeEnum, WHICH_POOL)
  userType?: UserType | null;

  @Field(() => String, { description: 'As it stands in the mail; blanks around it do not matter.' })
  code!: string;

  @Field(() => String, { description: NEW_PASSWORD })
  newPassword!: string;
}

@InputType({ description: 'The password that replaces the present one.' })
export class ChangePasswordInput {
  @Field(() => String, {
    description: 'INVALID_CREDENTIALS for a wrong one, which counts against the account.',
  })
  currentPassword!: string;

  @Field(() => String, { description: NEW_PASSWORD })
  newPassword!: string;

  @Field(() => String, { nullable: true, description: CODE })
  code?: string | null;
}
