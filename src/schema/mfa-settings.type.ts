import { Field, ObjectType, registerEnumType } from 'type-graphql';

import type { MfaMethod } from '../services/users/user-store.js';

export const MfaMethodEnum = { TOTP: 'TOTP', SMS: 'SMS', EMAIL: 'EMAIL' } as const;

registerEnumType(MfaMethodEnum, {
  name: 'MfaMethod',
  description: 'How a code reaches a person.',
  valuesConfig: {
    TOTP: { description: 'A time-based code from an authenticator (RFC 6238).' },
    SMS: { description: 'A code in a text message.' },
    EMAIL: { description: 'A code in a mail.' },
  },
});

@ObjectType({ simpleResolvers: true, description: 'The second factors of an account.' })
export class MfaSettings {
  @Field(() => [MfaMethodEnum], { description: 'The factors that are set up.' })
  enabled!: MfaMethod[];

  @Field(() => MfaMethodEnum, {
    nullable: true,
    description: 'The factor that a sign-in asks for first; null where there is no preference.',
  })
  preferred!: MfaMethod | null;
}
