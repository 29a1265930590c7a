import { GraphQLJSONObject } from 'graphql-scalars';
import { Field, InputType } from 'type-graphql';

import type { MfaMethod, UserType } from '../services/users/user-store.js';
import { EmailAddress } from './email-address.scalar.js';
import { MfaMethodEnum } from './mfa-settings.type.js';
import { PhoneNumber } from './phone-number.scalar.js';
import { UserTypeEnum, WHICH_POOL } from './user-type.enum.js';

const HONEYPOT =
  'A honeypot: people never see it, and whoever fills it in is answered as if all went well while nothing happens.';

@InputType({ description: 'A sign-up. `website` is a honeypot.' })
export class RegisterInput {
  @Field(() => EmailAddress, {
    description: 'In any case, at most 128 characters; kept in lower case.',
  })
  email!: string;

  @Field(() => String, {
    description:
      'By the pool’s policy: 12 characters of four kinds unless set otherwise. At most 256 characters, any that there are; neither common nor known from a breach.',
  })
  password!: string;

  @Field(() => String, { nullable: true, description: 'At most 2,048 characters; null or empty for none.' })
  givenName?: string | null;

  @Field(() => String, { nullable: true, description: 'At most 2,048 characters; null or empty for none.' })
  familyName?: string | null;

  @Field(() => PhoneNumber, { nullable: true, description: 'In E.164 form; null for none.' })
  phoneNumber?: string | null;

  @Field(() => String, { nullable: true, description: HONEYPOT })
  website?: string | null;
}

@InputType({ description: 'The code that proves a new account’s address.' })
export class ConfirmRegistrationInput {
  @Field(() => EmailAddress, { description: 'The address that was registered, in any case.' })
  email!: string;

  @Field(() => UserTypeEnum, WHICH_POOL)
  userType?: UserType | null;

  @Field(() => String, { description: 'As it stands in the mail; blanks around it do not matter.' })
  code!: string;
}

@InputType({ description: 'A sign-in by password. `website` is a honeypot.' })
export class LoginInput {
  @Field(() => EmailAddress, { description: 'In any case.' })
  email!: string;

  @Field(() => String, { description: '1 to 256 characters.' })
  password!: string;

  @Field(() => UserTypeEnum, {
    nullable: true,
    defaultValue: 'END_USER',
    description: 'Which pool to sign in to; END_USER where it is null.',
  })
  userType?: UserType | null;

  @Field(() => String, { nullable: true, description: HONEYPOT })
  website?: string | null;
}

@InputType({ description: 'The code that a sign-in asks for.' })
export class MfaInput {
  @Field(() => String, { description: 'From `MfaRequired`.' })
  challenge!: string;

  @Field(() => String, { description: 'As it is shown or was sent; blanks around it do not matter.' })
  code!: string;

  @Field(() => MfaMethodEnum, {
    nullable: true,
    defaultValue: 'TOTP',
    description: 'The factor that the challenge asks for; TOTP where it is null.',
  })
  method?: MfaMethod | null;
}

@InputType({ description: 'The password that replaces a temporary one.' })
export class NewPasswordInput {
  @Field(() => String, { description: 'From `NewPasswordRequired`.' })
  challenge!: string;

  @Field(() => String, {
    description:
      'As `RegisterInput.password`. PASSWORD_POLICY, with the broken rules in `details.rules` and what each asks for in `details.messages`, where it is refused.',
  })
  newPassword!: string;

  @Field(() => GraphQLJSONObject, {
    nullable: true,
    description: 'Values for `missingAttributes`, each a string.',
  })
  attributes?: Record<string, unknown> | null;
}
