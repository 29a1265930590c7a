import { createHash } from 'node:crypto';

import { decodeJwt, decodeProtectedHeader, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';

import { PortcullisError, unauthenticated } from '../../errors.js';
import { createRemembered } from '../cache/remembered.js';
import type { Clock } from '../clock.js';
import type { JwksSource } from './jwks-source.js';
import { createKeySets, KeySetUnavailable } from './key-sets.js';

/** Claims of a token whose signature and times are good. What they say is for the caller to judge. */
export type VerifiedClaims = JWTPayload & {
  readonly iss: string;
  /** Seconds since 1970, like all times in claims (RFC 7519, section 2). */
  readonly iat: number;
  readonly exp: number;
};

/**
 * Verifies that one of the issuers signed a token (RS256) that is good now and has all the claims required.
 *
 * Rejects with UNAUTHENTICATED and one and the same message whatever is wrong with the token, and with UPSTREAM_UNAVAILABLE
 * when the issuer's keys cannot be had.
 */
export type VerifyClaims = (token: string) => Promise<VerifiedClaims>;

export interface VerifyClaimsOptions {
  readonly issuers: ReadonlySet<string>;
  readonly requiredClaims: readonly string[];
  readonly jwks: JwksSource;
  readonly clock: Clock;
}

const MAX_TOKEN_LENGTH = 8_192;
/** How far Cognito's clock may run ahead of ours before a token is "from the future". Expiry has no such margin. */
const MAX_AHEAD_SECONDS = 30;
/** Of so many tokens is it remembered that they are genuine; each takes about a kilobyte. */
const MAX_REMEMBERED = 5_000;

/** A token that was verified. */
interface Genuine {
  readonly claims: VerifiedClaims;
  readonly kid: string;
  /** Its issuer's keys as of then. */
  readonly keys: JWTVerifyGetKey;
}

export function createVerifyClaims({
  issuers,
  requiredClaims,
  jwks,
  clock,
}: VerifyClaimsOptions): VerifyClaims {
  const keySets = createKeySets(jwks, clock);
  /** By their digests. The same token is as genuine as it was for as long as its issuer has the same keys, until it expires. */
  const genuine = createRemembered<Genuine>(clock, MAX_REMEMBERED);

  const isGoodNow = ({ iat, exp }: VerifiedClaims): boolean => {
    const now = clock.now().getTime() / 1000;
    return now < exp && iat <= now + MAX_AHEAD_SECONDS;
  };

  const judge = async (token: string): Promise<VerifiedClaims | undefined> => {
    if (token.length > MAX_TOKEN_LENGTH) return undefined;
    const digest = createHash('sha256').update(token).digest('base64');
    const known = genuine.get(digest);
    if (known && known.keys === (await keySets.keysOf(known.claims.iss, known.kid))) {
      return isGoodNow(known.claims) ? known.claims : undefined;
    }
    const { kid } = decodeProtectedHeader(token);
    const { iss: issuer = '' } = decodeJwt(token);
    if (!issuers.has(issuer) || kid === undefined) return undefined;
    const keys = await keySets.keysOf(issuer, kid);
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      issuer,
      requiredClaims: ['iat', 'exp', ...requiredClaims],
      currentDate: clock.now(),
      clockTolerance: 0,
    });
    const { iat, exp } = payload;
    if (!isSeconds(iat) || !isSeconds(exp)) return undefined;
    const claims = { ...payload, iss: issuer, iat, exp };
    if (!isGoodNow(claims)) return undefined;
    genuine.set(digest, { claims, kid, keys }, new Date(exp * 1000));
    return claims;
  };

  return async (token) => {
    try {
      const claims = await judge(token);
      if (claims) return claims;
    } catch (error) {
      if (error instanceof KeySetUnavailable) {
        throw new PortcullisError('UPSTREAM_UNAVAILABLE', 'Tokens cannot be verified at the moment.', {
          cause: error,
        });
      }
      throw tokenRefused(error);
    }
    throw tokenRefused();
  };
}

/** The one answer to a token that is no good. */
export const tokenRefused = (cause?: unknown) =>
  unauthenticated('The credential is not valid. Sign in again.', { cause });

export const isText = (claim: unknown): claim is string => typeof claim === 'string' && claim !== '';
export const isSeconds = (claim: unknown): claim is number =>
  typeof claim === 'number' && Number.isFinite(claim);
