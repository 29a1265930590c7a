import { decodeJwt, decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose';

import { PortcullisError, unauthenticated } from '../../errors.js';
import type { Clock } from '../clock.js';
import { issuerOf, type CognitoPool, type CognitoPools } from '../cognito/pools.js';
import type { UserType } from '../users/user-store.js';
import type { JwksSource } from './jwks-source.js';
import { createKeySets, KeySetUnavailable } from './key-sets.js';

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

const MAX_TOKEN_LENGTH = 8_192;
/** How far Cognito's clock may run ahead of ours before a token is "from the future". Expiry has no such margin. */
const MAX_AHEAD_SECONDS = 30;
const REQUIRED_CLAIMS = ['sub', 'iat', 'exp', 'origin_jti', 'jti', 'auth_time', 'client_id', 'token_use'];

/** https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html */
export function createTokenVerifier({ pools, jwks, clock }: TokenVerifierDependencies): TokenVerifier {
  const keySets = createKeySets(jwks, clock);
  const poolByIssuer = new Map(Object.values(pools).map((pool) => [issuerOf(pool.poolId), pool] as const));

  const judge = async (token: string): Promise<AccessTokenClaims | undefined> => {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    const { kid } = decodeProtectedHeader(token);
    const { iss: issuer = '' } = decodeJwt(token);
    const pool = poolByIssuer.get(issuer);
    if (pool === undefined || kid === undefined) return undefined;
    const { payload } = await jwtVerify(token, await keySets.keysOf(issuer, kid), {
      algorithms: ['RS256'],
      issuer,
      requiredClaims: REQUIRED_CLAIMS,
      currentDate: clock.now(),
      clockTolerance: 0,
    });
    return readClaims(payload, pool, clock.now().getTime() / 1000);
  };

  return {
    async verify(token) {
      try {
        const claims = await judge(token);
        if (claims) return claims;
      } catch (error) {
        if (error instanceof KeySetUnavailable) {
          throw new PortcullisError('UPSTREAM_UNAVAILABLE', 'Tokens cannot be verified at the moment.', {
            cause: error,
          });
        }
        throw refusal(error);
      }
      throw refusal();
    },
  };
}

const refusal = (cause?: unknown) =>
  unauthenticated('The credential is not valid. Sign in again.', { cause });

function readClaims(
  payload: JWTPayload,
  pool: CognitoPool,
  nowSeconds: number,
): AccessTokenClaims | undefined {
  const { sub, jti, iat, exp, origin_jti: family, auth_time: authTime } = payload;
  if (payload.token_use !== 'access' || payload.client_id !== pool.clientId) return undefined;
  if (!isText(sub) || !isText(jti) || !isText(family)) return undefined;
  if (!isSeconds(iat) || !isSeconds(exp) || !isSeconds(authTime)) return undefined;
  if (iat > nowSeconds + MAX_AHEAD_SECONDS) return undefined;
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

const isText = (claim: unknown): claim is string => typeof claim === 'string' && claim !== '';
const isSeconds = (claim: unknown): claim is number => typeof claim === 'number' && Number.isFinite(claim);
