import { Field, ID, ObjectType } from 'type-graphql';

import type { MfaMethod } from '../services/users/user-store.js';
import { MfaMethodEnum } from './mfa-settings.type.js';

@ObjectType({ simpleResolvers: true, description: 'Where a code was sent.' })
export class CodeDelivery {
  @Field(() => MfaMethodEnum)
  medium!: MfaMethod;

  @Field(() => String, { description: 'Masked, such as `f***@e***`.' })
  destination!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'A registration. It reads the same whether or not the address had an account already.',
})
export class Registration {
  @Field(() => ID)
  userId!: string;

  @Field(() => Boolean)
  confirmed!: boolean;

  @Field(() => CodeDelivery, { nullable: true })
  codeDelivery!: CodeDelivery | null;
}
