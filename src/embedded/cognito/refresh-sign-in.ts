import type { AuthenticationResultType } from '@aws-sdk/client-cognito-identity-provider';

import type { AppClient } from './client-settings.js';
import {
  invalidRefreshToken,
  notAuthorized,
  refreshTokenReused,
  refreshTokenRevoked,
  userDisabled,
} from './exceptions.js';
import type { RefreshFamily } from './refresh-family-store.js';
import type { CognitoServices } from './services.js';
import type { User } from './user-store.js';

type Services = Pick<CognitoServices, 'clock' | 'families' | 'groups' | 'pools' | 'tokens' | 'users'>;

/**
 * Whose refresh token it is.
 * @throws NotAuthorizedException unless it is this client's, unexpired and unrevoked, and its user enabled
 */
export async function findRefreshFamily(
  { clock, families, pools, users }: Pick<Services, 'clock' | 'families' | 'pools' | 'users'>,
  client: AppClient,
  refreshToken: string,
): Promise<{ family: RefreshFamily; user: User }> {
  const family = await families.findByToken(refreshToken);
  if (family?.clientId !== client.id) throw invalidRefreshToken();
  if (family.revokedAt) throw refreshTokenRevoked();
  if (family.expiresAt <= clock.now()) throw notAuthorized('Refresh Token has expired');
  const user = await users.find(await pools.get(family.poolId), family.sub);
  if (!user) throw invalidRefreshToken();
  if (!user.enabled) throw userDisabled();
  return { family, user };
}

/** New access and ID tokens, with the user's attributes and groups of today. */
export const reissue = async (
  { groups, tokens }: Pick<Services, 'groups' | 'tokens'>,
  client: AppClient,
  { family, user }: { family: RefreshFamily; user: User },
): Promise<AuthenticationResultType> =>
  tokens.issue({ client, user, family, groups: await groups.namesOf(user) });

/**
 * Exchanges a refresh token; where the client rotates them, for a new one too.
 * @throws NotAuthorizedException, RefreshTokenReuseException
 */
export async function exchangeRefreshToken(
  services: Services,
  client: AppClient,
  refreshToken: string,
): Promise<AuthenticationResultType> {
  const found = await findRefreshFamily(services, client, refreshToken);
  const { Feature, RetryGracePeriodSeconds } = client.settings.RefreshTokenRotation;
  if (Feature === 'DISABLED') return reissue(services, client, found);
  const rotated = await services.families.rotate(refreshToken, RetryGracePeriodSeconds);
  if (rotated === undefined) throw refreshTokenReused();
  return { ...(await reissue(services, client, found)), RefreshToken: rotated };
}
