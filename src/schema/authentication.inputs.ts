import { GraphQLEmailAddress, GraphQLJSONObject, GraphQLPhoneNumber } from 'graphql-scalars';
import { Field, InputType } from 'type-graphql';

import type { UserType } from '../services/users/user-store.js';
import { UserTypeEnum } from './user-type.enum.js';

const HONEYPOT =
  'A honeypot: people never see it, and whoever fills it in is answered as if all went well while nothing happens.';

@InputType({ description: 'A sign-up. `website` is a honeypot.' })
export class RegisterInput {
  @Field(() => GraphQLEmailAddress)
  email!: string;

  @Field(() => String, {
    description: 'By the pool’s policy: 12 characters of four kinds unless set otherwise.',
  })
  password!: string;

  @Field(() => String, { nullable: true })
  givenName?: string | null;

  @Field(() => String, { nullable: true })
  familyName?: string | null;

  @Field(() => GraphQLPhoneNumber, { nullable: true })
  phoneNumber?: string | null;

  @Field(() => String, { nullable: true, description: HONEYPOT })
  website?: string | null;
}

@InputType({ description: 'The code that proves a new account’s address.' })
export class ConfirmRegistrationInput {
  @Field(() => GraphQLEmailAddress)
  email!: string;

  @Field(() => UserTypeEnum, { nullable: true, defaultValue: 'END_USER' })
  userType?: UserType | null;

  @Field(() => String)
  code!: string;
}

@InputType({ description: 'A sign-in by password. `website` is a honeypot.' })
export class LoginInput {
  @Field(() => GraphQLEmailAddress)
  email!: string;

  @Field(() => String)
  password!: string;

  @Field(() => UserTypeEnum, { nullable: true, defaultValue: 'END_USER' })
  userType?: UserType | null;

  @Field(() => String, { nullable: true, description: HONEYPOT })
  website?: string | null;
}

@InputType({ description: 'The password that replaces a temporary one.' })
export class NewPasswordInput {
  @Field(() => String)
  challenge!: string;

  @Field(() => String)
  newPassword!: string;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Values for `missingAttributes`, each a string.',
  })
  attributes?: Record<string, unknown> | null;
}
