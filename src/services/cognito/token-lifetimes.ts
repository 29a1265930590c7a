import {
  DescribeUserPoolClientCommand,
  type CognitoIdentityProviderClient,
  type TimeUnitsType,
  type UserPoolClientType,
} from '@aws-sdk/client-cognito-identity-provider';

import { createRefreshingValue } from '../authorization/refreshing-value.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import { USER_TYPES, type UserType } from '../users/user-store.js';
import type { CognitoPools } from './pools.js';

/** How long the tokens of a sign-in live, in milliseconds. */
export interface TokenLifetimes {
  readonly accessTokenLifetimeMs: number;
  readonly refreshTokenLifetimeMs: number;
}

export const DEFAULT_LIFETIMES: TokenLifetimes = {
  accessTokenLifetimeMs: 15 * 60_000,
  refreshTokenLifetimeMs: 7 * 24 * 3_600_000,
};

/** How long a sign-in of this kind of people lasts, in milliseconds. Never rejects. */
export type RefreshTokenLifetimeOf = (userType: UserType) => Promise<number>;

const LIFETIME_MS = 60 * 60_000;
const RETRY_MS = 5 * 60_000;
const UNIT_MS: Readonly<Record<TimeUnitsType, number>> = {
  seconds: 1_000,
  minutes: 60_000,
  hours: 3_600_000,
  days: 86_400_000,
};

/**
 * Reads the lifetimes of the app clients, since theirs are what tokens get. Where they may not or cannot be read, those that
 * are configured are taken for them; where they differ, that is logged.
 */
export function createRefreshTokenLifetimeOf({
  client,
  pools,
  configured,
  clock,
  logger,
}: {
  readonly client: Pick<CognitoIdentityProviderClient, 'send'>;
  readonly pools: CognitoPools;
  readonly configured: TokenLifetimes;
  readonly clock: Clock;
  readonly logger: Logger;
}): RefreshTokenLifetimeOf {
  const read = async (userType: UserType): Promise<number> => {
    const { poolId: UserPoolId, clientId: ClientId } = pools[userType];
    const { UserPoolClient = {} } = await client.send(
      new DescribeUserPoolClientCommand({ UserPoolId, ClientId }),
    );
    const actual = lifetimesOf(UserPoolClient);
    if (
      actual.accessTokenLifetimeMs !== configured.accessTokenLifetimeMs ||
      actual.refreshTokenLifetimeMs !== configured.refreshTokenLifetimeMs
    ) {
      logger.warn(
        { userType, actual, configured },
        'The app client gives its tokens other lifetimes than are configured: its own count.',
      );
    }
    return actual.refreshTokenLifetimeMs;
  };
  const lifetimes = new Map(
    USER_TYPES.map((userType) => [
      userType,
      createRefreshingValue({
        read: () => read(userType),
        clock,
        lifetime: LIFETIME_MS,
        retryAfter: RETRY_MS,
        onFailure: (error) =>
          logger.warn(
            { err: error, userType },
            'The lifetimes of an app client’s tokens could not be read: those that are configured are taken.',
          ),
      }),
    ]),
  );
  return async (userType) => {
    const lifetime = lifetimes.get(userType)?.get();
    return (await lifetime?.catch(() => undefined)) ?? configured.refreshTokenLifetimeMs;
  };
}

/**
 * What is left out is an hour and 30 days; a unit left out, hours and days.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolClientType.html
 */
function lifetimesOf(client: UserPoolClientType): TokenLifetimes {
  const { AccessTokenValidity: access, RefreshTokenValidity: refresh, TokenValidityUnits: units } = client;
  return {
    accessTokenLifetimeMs: (access || 1) * UNIT_MS[access ? (units?.AccessToken ?? 'hours') : 'hours'],
    refreshTokenLifetimeMs: (refresh || 30) * UNIT_MS[refresh ? (units?.RefreshToken ?? 'days') : 'days'],
  };
}
