import type { AuthenticationResultType } from '@aws-sdk/client-cognito-identity-provider';

import { PortcullisError } from '../../errors.js';
import type { Authenticated } from './sign-in.js';

export type Tokens = Pick<Authenticated, 'accessToken' | 'idToken' | 'refreshToken' | 'expiresIn'>;

/** The tokens of an answer of Cognito's. UPSTREAM_UNAVAILABLE where it lacks one. */
export function readTokens(result: AuthenticationResultType | undefined): Tokens {
  const { AccessToken, IdToken, RefreshToken, ExpiresIn } = result ?? {};
  if (AccessToken === undefined || IdToken === undefined || ExpiresIn === undefined) {
    throw new PortcullisError('UPSTREAM_UNAVAILABLE', 'The identity provider gave no tokens.');
  }
  return {
    accessToken: AccessToken,
    idToken: IdToken,
    refreshToken: RefreshToken ?? null,
    expiresIn: ExpiresIn,
  };
}
