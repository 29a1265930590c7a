import { createUnionType, Field, Int, ObjectType } from 'type-graphql';

import type { SignIn } from '../services/authentication/sign-in.js';
import type { MfaMethod } from '../services/users/user-store.js';
import { MfaMethodEnum } from './mfa-settings.type.js';

@ObjectType({
  simpleResolvers: true,
  description: 'Signed in: the tokens and the session that they belong to.',
})
export class Authenticated {
  @Field(() => String, {
    description: 'Send it as `Authorization: Bearer …`. A JWT (RFC 7519), signed RS256.',
  })
  accessToken!: string;

  @Field(() => String, {
    description: 'Who signed in, for the client itself (OpenID Connect Core). Not accepted here.',
  })
  idToken!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Null when the tokens were refreshed without rotation.',
  })
  refreshToken!: string | null;

  @Field(() => String, { description: 'Always `Bearer` (RFC 6750).' })
  tokenType!: string;

  @Field(() => Int, { description: 'Seconds until the access token ends.' })
  expiresIn!: number;
}

@ObjectType({
  simpleResolvers: true,
  description: 'The password was a temporary one: choose your own with `completeNewPassword`.',
})
export class NewPasswordRequired {
  @Field(() => String, { description: 'Sealed; good for three minutes.' })
  challenge!: string;

  @Field(() => [String], { description: 'Attributes that the pool requires and the account lacks.' })
  missingAttributes!: string[];
}

@ObjectType({
  simpleResolvers: true,
  description: 'A code of a second factor is asked for: bring it with `respondToMfa`.',
})
export class MfaRequired {
  @Field(() => String, { description: 'Sealed; good for three minutes, and for five codes.' })
  challenge!: string;

  @Field(() => [MfaMethodEnum], { description: 'The factor that is asked for.' })
  methods!: MfaMethod[];

  @Field(() => String, {
    nullable: true,
    description: 'Where the code went, masked: `+*******1234`. Null for an authenticator.',
  })
  destination!: string | null;
}

@ObjectType({
  simpleResolvers: true,
  description: 'The account has several second factors: choose one with `selectMfaMethod`.',
})
export class MfaSelectionRequired {
  @Field(() => String, { description: 'Sealed; good for three minutes.' })
  challenge!: string;

  @Field(() => [MfaMethodEnum], { description: 'The factors to choose from.' })
  methods!: MfaMethod[];
}

@ObjectType({
  simpleResolvers: true,
  description:
    'A second factor is required and the account has none: set one up with `setupTotp` and `confirmTotp`, each with the challenge of the step before.',
})
export class MfaSetupRequired {
  @Field(() => String, { description: 'Sealed; good for three minutes.' })
  challenge!: string;

  @Field(() => [MfaMethodEnum], { description: 'The factors that can be set up.' })
  methods!: MfaMethod[];
}

@ObjectType({
  simpleResolvers: true,
  description: 'What an authenticator is set up with (RFC 6238: SHA-1, six digits, 30 seconds).',
})
export class TotpSetup {
  @Field(() => String, { description: 'Base32 secret for manual entry.' })
  secret!: string;

  @Field(() => String, { description: 'The `otpauth://` URI.' })
  uri!: string;

  @Field(() => String, {
    description: 'The same URI as a QR code, a `data:` URI of an SVG image.',
  })
  qrCode!: string;

  @Field(() => String, {
    nullable: true,
    description: 'Set when the set-up happens inside a login; pass it to `confirmTotp`.',
  })
  challenge!: string | null;
}

const TYPE_NAMES = {
  authenticated: 'Authenticated',
  'mfa-required': 'MfaRequired',
  'mfa-setup-required': 'MfaSetupRequired',
  'mfa-selection-required': 'MfaSelectionRequired',
  'new-password-required': 'NewPasswordRequired',
} as const satisfies Record<SignIn['kind'], string>;

export const LoginResult = createUnionType({
  name: 'LoginResult',
  description: 'What a step of a sign-in comes to.',
  types: () =>
    [Authenticated, MfaRequired, MfaSetupRequired, MfaSelectionRequired, NewPasswordRequired] as const,
  resolveType: (step) => TYPE_NAMES[(step as unknown as SignIn).kind],
});
