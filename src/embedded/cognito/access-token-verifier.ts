import { decodeJwt, errors, jwtVerify, type JWTPayload } from 'jose';

import type { Clock } from '../../services/clock.js';
import {
  accessTokenRevoked,
  invalidAccessToken,
  notAuthorized,
  userDisabled,
  userNotFound,
} from './exceptions.js';
import { poolId as poolIdSchema } from './input.js';
import type { UserPool } from './pool-settings.js';
import type { PoolStore } from './pool-store.js';
import type { RefreshFamilyStore } from './refresh-family-store.js';
import type { SigningKeys } from './signing-keys.js';
import { API_SCOPE, issuerOf } from './token-issuer.js';
import type { User, UserStore } from './user-store.js';

export interface AccessTokenVerifier {
  /**
   * Whose access token it is, and from which client. It must be one of ours, unexpired, of a sign-in that nobody ended.
   * @throws NotAuthorizedException, UserNotFoundException
   */
  verify(accessToken: string): Promise<{ pool: UserPool; user: User; clientId: string; familyId: string }>;
}

export function createAccessTokenVerifier({
  clock,
  region,
  pools,
  users,
  families,
  keys,
}: {
  clock: Clock;
  region: string;
  pools: Pick<PoolStore, 'find'>;
  users: Pick<UserStore, 'find'>;
  families: Pick<RefreshFamilyStore, 'find'>;
  keys: SigningKeys;
}): AccessTokenVerifier {
  const poolOf = async (accessToken: string) => {
    const poolId = unverifiedPoolId(accessToken);
    const pool = poolId === undefined ? undefined : await pools.find(poolId);
    if (!pool) throw invalidAccessToken();
    return pool;
  };

  const verifySignature = async (accessToken: string, pool: UserPool): Promise<JWTPayload> => {
    const poolKeys = await keys.of(pool.id);
    try {
      const verified = await jwtVerify(
        accessToken,
        ({ kid }) => {
          const key = poolKeys.find((candidate) => candidate.kid === kid);
          if (!key) throw invalidAccessToken();
          return key.publicKey;
        },
        {
          algorithms: ['RS256'],
          issuer: issuerOf(region, pool.id),
          currentDate: clock.now(),
          requiredClaims: ['sub', 'exp', 'origin_jti', 'client_id'],
        },
      );
      return verified.payload;
    } catch (error) {
      throw error instanceof errors.JWTExpired
        ? notAuthorized('Access Token has expired')
        : invalidAccessToken();
    }
  };

  return {
    async verify(accessToken) {
      const pool = await poolOf(accessToken);
      const claims = await verifySignature(accessToken, pool);
      if (claims['token_use'] !== 'access') throw invalidAccessToken();
      if (!String(claims['scope']).split(' ').includes(API_SCOPE)) {
        throw notAuthorized('Access Token does not have required scopes');
      }
      const user = await users.find(pool, String(claims.sub));
      if (!user) throw userNotFound();
      if (!user.enabled) throw userDisabled();
      const family = await families.find(String(claims['origin_jti']));
      if (!family || family.revokedAt) throw accessTokenRevoked();
      return { pool, user, clientId: String(claims['client_id']), familyId: family.id };
    },
  };
}

/** The last part of the issuer, where it could be the id of a pool. Whoever made the token chose its type, too. */
function unverifiedPoolId(accessToken: string): string | undefined {
  try {
    const { iss } = decodeJwt<{ iss?: unknown }>(accessToken);
    return typeof iss === 'string' ? poolIdSchema.safeParse(iss.split('/').at(-1)).data : undefined;
  } catch {
    return undefined;
  }
}
