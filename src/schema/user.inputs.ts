import { Field, ID, InputType } from 'type-graphql';

import type { UserType } from '../services/users/user-store.js';
import { EmailAddress } from './email-address.scalar.js';
import { PhoneNumber } from './phone-number.scalar.js';
import { UserTypeEnum } from './user-type.enum.js';

@InputType({ description: 'What people change of their own profile. What is left out stays; null removes.' })
export class UpdateMeInput {
  @Field(() => String, {
    nullable: true,
    description: 'At most 2,048 characters; empty removes as null does.',
  })
  givenName?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'At most 2,048 characters; empty removes as null does.',
  })
  familyName?: string | null;

  @Field(() => PhoneNumber, {
    nullable: true,
    description: 'In E.164 form. Any change of it, a removal too, needs `password`.',
  })
  phoneNumber?: string | null;

  @Field(() => String, { nullable: true, description: 'Needed to change the phone number.' })
  password?: string | null;

  @Field(() => String, { nullable: true, description: 'Needed with the password where MFA is on.' })
  code?: string | null;
}

@InputType({ description: 'A new person, made by an administrator.' })
export class CreateUserInput {
  @Field(() => EmailAddress, {
    description:
      'CONFLICT where an account of the pool has it. It is verified from the start only with neither `temporaryPassword` nor `suppressInvitation`.',
  })
  email!: string;

  @Field(() => UserTypeEnum, {
    nullable: true,
    defaultValue: 'END_USER',
    description: 'Which pool the account is made in; END_USER where it is null.',
  })
  userType?: UserType | null;

  @Field(() => String, { nullable: true, description: 'At most 2,048 characters; null or empty for none.' })
  givenName?: string | null;

  @Field(() => String, { nullable: true, description: 'At most 2,048 characters; null or empty for none.' })
  familyName?: string | null;

  @Field(() => PhoneNumber, { nullable: true, description: 'In E.164 form; null for none.' })
  phoneNumber?: string | null;

  @Field(() => [String], { nullable: true, description: 'Names of Cognito groups; each needs `assignRole`.' })
  roles?: string[] | null;

  @Field(() => String, { nullable: true, description: 'Made by the pool’s policy when left out.' })
  temporaryPassword?: string | null;

  @Field(() => Boolean, { nullable: true, defaultValue: false, description: 'True: no mail is sent.' })
  suppressInvitation?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    defaultValue: false,
    description:
      'True: nobody is made; who was, and has not chosen a password yet, gets another temporary one, good for as long as the first. Takes `email`, `userType` and `temporaryPassword` alone. NOT_FOUND where nobody has the address, CONFLICT for who has a password of their own.',
  })
  resendInvitation?: boolean | null;
}

@InputType({
  description:
    'What an administrator changes about a person. What is left out stays; null removes, save for the address.',
})
export class UpdateUserInput {
  @Field(() => ID, {
    description:
      '`User.id`; NOT_FOUND where nobody has it. For the viewer’s own, `email` and `phoneNumber` are BAD_USER_INPUT.',
  })
  id!: string;

  @Field(() => String, {
    nullable: true,
    description: 'At most 2,048 characters; empty removes as null does.',
  })
  givenName?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'At most 2,048 characters; empty removes as null does.',
  })
  familyName?: string | null;

  @Field(() => PhoneNumber, {
    nullable: true,
    description: 'In E.164 form; a changed number is unverified.',
  })
  phoneNumber?: string | null;

  @Field(() => EmailAddress, { nullable: true, description: 'A changed address is unverified.' })
  email?: string | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'All roles that the person is to have; each one given or taken needs `assignRole`. Nobody changes their own.',
  })
  roles?: string[] | null;
}
