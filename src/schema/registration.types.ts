import { Field, ID, ObjectType } from 'type-graphql';

import type { MfaMethod } from '../services/users/user-store.js';
import { MfaMethodEnum } from './mfa-settings.type.js';

@ObjectType({ simpleResolvers: true, description: 'Where a code was sent.' })
export class CodeDelivery {
  @Field(() => MfaMethodEnum, {
    description: 'How it was sent; EMAIL for the code of a registration, and of a forgotten password.',
  })
  medium!: MfaMethod;

  @Field(() => String, { description: 'Masked, such as `f***@e***`.' })
  destination!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A registration. It reads the same whether or not the address had an account already.',
})
export class Registration {
  @Field(() => ID, {
    description:
      'The id of the new account. One that nobody has, of the same shape, where no account was made or the mail was not sent.',
  })
  userId!: string;

  @Field(() => Boolean, {
    description: 'False: `confirmRegistration` is next. True where the pool confirms accounts by itself.',
  })
  confirmed!: boolean;

  @Field(() => CodeDelivery, {
    nullable: true,
    description: 'Where the code went; null where `confirmed` is true.',
  })
  codeDelivery!: CodeDelivery | null;
}
