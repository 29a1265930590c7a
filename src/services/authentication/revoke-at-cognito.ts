import { RevokeTokenCommand } from '@aws-sdk/client-cognito-identity-provider';

import type { UserType } from '../users/user-store.js';
import type { AuthenticationDependencies } from './dependencies.js';

export type RevokeAtCognito = (userType: UserType, refreshToken: string) => Promise<void>;

/**
 * Ends at Cognito the sign-in of a refresh token whose session has ended here. It never fails: what Cognito still refreshes
 * has no session, so nobody can use it.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RevokeToken.html
 */
export function createRevokeAtCognito({
  cognito,
  pools,
  logger,
}: Pick<AuthenticationDependencies, 'cognito' | 'pools' | 'logger'>): RevokeAtCognito {
  return async (userType, refreshToken) => {
    const { clientId, clientSecret } = pools[userType];
    try {
      await cognito('revoke', (client) =>
        client.send(
          new RevokeTokenCommand({ Token: refreshToken, ClientId: clientId, ClientSecret: clientSecret }),
        ),
      );
    } catch (error) {
      logger.warn({ err: error }, 'A refresh token was not revoked at Cognito.');
    }
  };
}
