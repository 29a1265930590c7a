import { createUnionType, Field, Int, ObjectType } from 'type-graphql';

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

export const LoginResult = createUnionType({
  name: 'LoginResult',
  description: 'What a step of a sign-in comes to.',
  types: () => [Authenticated, NewPasswordRequired] as const,
  resolveType: (value: object) => ('challenge' in value ? 'NewPasswordRequired' : 'Authenticated'),
});
