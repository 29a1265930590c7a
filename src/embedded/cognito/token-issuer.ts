import type { AuthenticationResultType } from '@aws-sdk/client-cognito-identity-provider';
import type { JWTPayload } from 'jose';

import type { Clock } from '../../services/clock.js';
import type { Randomness } from '../../services/randomness.js';
import { tokenValidity, type AppClient } from './client-settings.js';
import type { RefreshFamily } from './refresh-family-store.js';
import type { SigningKeys } from './signing-keys.js';
import { signToken } from './token-signature.js';
import type { User } from './user-store.js';

/** The scope of whoever signed in through the API instead of a hosted page: it opens GetUser and its kin. */
export const API_SCOPE = 'aws.cognito.signin.user.admin';

/** The claims that Cognito writes as booleans; every other attribute is a string. */
const BOOLEAN_CLAIMS: ReadonlySet<string> = new Set(['email_verified', 'phone_number_verified']);

export const issuerOf = (region: string, poolId: string) =>
  `https://cognito-idp.${region}.amazonaws.com/${poolId}`;

export interface TokenIssuer {
  /** An access token and an ID token of one sign-in. `groups` are the user's, in their order of precedence. */
  issue(signIn: {
    client: AppClient;
    user: User;
    family: RefreshFamily;
    groups: readonly string[];
  }): Promise<AuthenticationResultType>;
}

/**
 * Claims as documented:
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html and
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
 */
export function createTokenIssuer({
  clock,
  randomness,
  region,
  keys,
}: {
  clock: Clock;
  randomness: Randomness;
  region: string;
  keys: SigningKeys;
}): TokenIssuer {
  const sign = (poolId: string, claims: JWTPayload) => signToken(keys, poolId, claims);

  return {
    async issue({ client, user, family, groups }) {
      const validity = tokenValidity(client.settings);
      const issuedAt = toSeconds(clock.now());
      const common = {
        sub: user.sub,
        ...(groups.length > 0 && { 'cognito:groups': groups }),
        iss: issuerOf(region, user.poolId),
        origin_jti: family.id,
        event_id: randomness.uuid(),
        auth_time: toSeconds(family.authenticatedAt),
        iat: issuedAt,
      };
      const access = sign(user.poolId, {
        ...common,
        client_id: client.id,
        token_use: 'access',
        scope: API_SCOPE,
        exp: issuedAt + validity.accessToken,
        jti: randomness.uuid(),
        username: user.username,
      });
      const id = sign(user.poolId, {
        ...attributeClaims(user, client.settings.ReadAttributes),
        ...common,
        'cognito:username': user.username,
        aud: client.id,
        token_use: 'id',
        exp: issuedAt + validity.idToken,
        jti: randomness.uuid(),
      });
      const [accessToken, idToken] = await Promise.all([access, id]);
      return {
        AccessToken: accessToken,
        IdToken: idToken,
        ExpiresIn: validity.accessToken,
        TokenType: 'Bearer',
      };
    },
  };
}

const toSeconds = (instant: Date) => Math.floor(instant.getTime() / 1000);

const attributeClaims = (user: User, readable: readonly string[] | undefined) =>
  Object.fromEntries(
    Object.entries(user.attributes)
      .filter(([name]) => readable === undefined || readable.includes(name))
      .map(([name, value]) => [name, BOOLEAN_CLAIMS.has(name) ? value === 'true' : value]),
  );
