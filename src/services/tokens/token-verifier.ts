import type { Clock } from '../clock.js';
import { issuerOf, type CognitoPool, type CognitoPools } from '../cognito/pools.js';
import type { UserType } from '../users/user-store.js';
import type { JwksSource } from './jwks-source.js';
import { createVerifyClaims, isSeconds, isText, tokenRefused, type VerifiedClaims } from './verify-claims.js';

/** What an access token says, once it is known to be genuine. */
export interface AccessTokenClaims {
  readonly userId: string;
  /** By the pool that issued the token, never by a claim of its own. */
  readonly userType: UserType;
  /** `origin_jti`: new at each sign-in, shared by all tokens that come of it. */
  readonly family: string;
  readonly tokenId: string;
  /** When the person signed in; refreshed tokens keep it. */
  readonly authenticatedAt: Date;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

/** Judges access tokens by signature and claims alone; whether their session still runs is another question. */
export interface TokenVerifier {
  /**
   * Rejects with UNAUTHENTICATED and one and the same message whatever is wrong with the token, and with
   * UPSTREAM_UNAVAILABLE when the issuer's keys cannot be had.
   */
  verify(token: string): Promise<AccessTokenClaims>;
}

export interface TokenVerifierDependencies {
  readonly pools: CognitoPools;
  readonly jwks: JwksSource;
  readonly clock: Clock;
}

const REQUIRED_CLAIMS = ['sub', 'origin_jti', 'jti', 'auth_time', 'client_id', 'token_use'];

/** https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html */
export function createTokenVerifier({ pools, jwks, clock }: TokenVerifierDependencies): TokenVerifier {
  const poolByIssuer = new Map(Object.values(pools).map((pool) => [issuerOf(pool.poolId), pool] as const));
  const verifyClaims = createVerifyClaims({
    issuers: new Set(poolByIssuer.keys()),
    requiredClaims: REQUIRED_CLAIMS,
    jwks,
    clock,
  });

  return {
    async verify(token) {
      const payload = await verifyClaims(token);
      const pool = poolByIssuer.get(payload.iss);
      const claims = pool && readClaims(payload, pool);
      if (!claims) throw tokenRefused();
      return claims;
    },
  };
}

function readClaims(payload: VerifiedClaims, pool: CognitoPool): AccessTokenClaims | undefined {
  const { sub, jti, iat, exp, origin_jti: family, auth_time: authTime } = payload;
  if (payload.token_use !== 'access' || payload.client_id !== pool.clientId) return undefined;
  if (!isText(sub) || !isText(jti) || !isText(family) || !isSeconds(authTime)) return undefined;
  return {
    userId: sub,
    userType: pool.userType,
    family,
    tokenId: jti,
    authenticatedAt: new Date(authTime * 1000),
    issuedAt: new Date(iat * 1000),
    expiresAt: new Date(exp * 1000),
  };
}
