import {
  InitiateAuthCommand,
  type InitiateAuthCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import { PortcullisError } from '../../errors.js';
import type { CognitoCalls } from '../cognito/cognito-calls.js';
import type { CognitoPool } from '../cognito/pools.js';
import { secretHash } from '../cognito/secret-hash.js';

/**
 * The first step of a sign-in by password.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_InitiateAuth.html
 */
export function initiatePasswordAuth(
  cognito: CognitoCalls,
  pool: CognitoPool,
  username: string,
  password: string,
): Promise<InitiateAuthCommandOutput> {
  const hash = secretHash(pool, username);
  return cognito('sign-in', (client) =>
    client.send(
      new InitiateAuthCommand({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: pool.clientId,
        AuthParameters: {
          USERNAME: username,
          PASSWORD: password,
          ...(hash !== undefined && { SECRET_HASH: hash }),
        },
      }),
    ),
  );
}

/** For the challenges that this service does not know how to go on with. */
export const unsupportedChallenge = () =>
  new PortcullisError('UPSTREAM_UNAVAILABLE', 'The account asks for a factor that is not supported.', {
    retryable: false,
  });
