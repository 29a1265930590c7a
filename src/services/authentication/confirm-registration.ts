import { ConfirmSignUpCommand } from '@aws-sdk/client-cognito-identity-provider';

import { secretHash } from '../cognito/secret-hash.js';
import { normalizeEmail } from '../users/email-address.js';
import type { UserType } from '../users/user-store.js';
import { requireCode } from './code-input.js';
import type { AuthenticationDependencies } from './dependencies.js';

export interface ConfirmRegistrationInput {
  readonly email: string;
  readonly userType: UserType;
  readonly code: string;
}

export type ConfirmRegistration = (input: ConfirmRegistrationInput) => Promise<void>;

/**
 * Proves the address of a new account. Whatever is amiss reads CODE_MISMATCH: a code that is wrong, used or too old, too many
 * tries, an account that needs no confirmation, and one that does not exist.
 */
export function createConfirmRegistration({
  cognito,
  pools,
}: Pick<AuthenticationDependencies, 'cognito' | 'pools'>): ConfirmRegistration {
  return async ({ email, userType, code }) => {
    const pool = pools[userType];
    const username = normalizeEmail(email);
    const typed = requireCode(code);
    await cognito('confirm-registration', (client) =>
      client.send(
        new ConfirmSignUpCommand({
          ClientId: pool.clientId,
          SecretHash: secretHash(pool, username),
          Username: username,
          ConfirmationCode: typed,
        }),
      ),
    );
  };
}
