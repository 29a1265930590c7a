import { RespondToAuthChallengeCommand } from '@aws-sdk/client-cognito-identity-provider';

import { secretHash } from '../cognito/secret-hash.js';
import { requirePassword } from '../users/input-bounds.js';
import type { ClientAddress } from '../sessions/session.js';
import { openChallenge } from './challenge.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { attributeResponses } from './new-password-attributes.js';
import type { OpenSession } from './open-session.js';
import { unsupportedChallenge } from './password-sign-in.js';
import type { SignIn } from './sign-in.js';

export interface NewPasswordInput {
  readonly challenge: string;
  readonly newPassword: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export type CompleteNewPassword = (input: NewPasswordInput, address: ClientAddress) => Promise<SignIn>;

/** Replaces a temporary password, and with that ends the sign-in. */
export function createCompleteNewPassword(
  {
    cognito,
    pools,
    sealer,
    clock,
  }: Pick<AuthenticationDependencies, 'cognito' | 'pools' | 'sealer' | 'clock'>,
  openSession: OpenSession,
): CompleteNewPassword {
  return async ({ challenge: text, newPassword, attributes }, address) => {
    const { userType, username, session, missingAttributes } = openChallenge(sealer, clock, text);
    requirePassword(newPassword, 'newPassword');
    const pool = pools[userType];
    const hash = secretHash(pool, username);
    const responses = attributeResponses(missingAttributes, attributes);
    const { AuthenticationResult: result } = await cognito('answer-challenge', (client) =>
      client.send(
        new RespondToAuthChallengeCommand({
          ChallengeName: 'NEW_PASSWORD_REQUIRED',
          ClientId: pool.clientId,
          Session: session,
          ChallengeResponses: {
            ...responses,
            USERNAME: username,
            NEW_PASSWORD: newPassword,
            ...(hash !== undefined && { SECRET_HASH: hash }),
          },
        }),
      ),
    );
    if (!result) throw unsupportedChallenge();
    return openSession({ result, userType, address, mfaAuthenticated: false });
  };
}
