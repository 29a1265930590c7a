import { ConfirmSignUpCommand } from '@aws-sdk/client-cognito-identity-provider';

import { secretHash } from '../cognito/secret-hash.js';
import { normalizeEmail } from '../users/email-address.js';
import type { ClientAddress } from '../sessions/session.js';
import type { UserType } from '../users/user-store.js';
import { requireCode } from './code-input.js';
import type { AuthenticationDependencies } from './dependencies.js';

export interface ConfirmRegistrationInput {
  readonly email: string;
  readonly userType: UserType;
  readonly code: string;
}

export type ConfirmRegistration = (input: ConfirmRegistrationInput, address: ClientAddress) => Promise<void>;

/**
 * Proves the address of a new account. Whatever is amiss reads CODE_MISMATCH: a code that is wrong, used or too old, too many
 * tries, an account that needs no confirmation, and one that does not exist.
 */
export function createConfirmRegistration({
  cognito,
  pools,
  attempts,
  pace,
}: Pick<AuthenticationDependencies, 'cognito' | 'pools' | 'attempts' | 'pace'>): ConfirmRegistration {
  return async ({ email, userType, code }, address) => {
    const pool = pools[userType];
    const username = normalizeEmail(email);
    const typed = requireCode(code);
    await attempts.guard('code', { userType, name: username }, address, () =>
      pace(() =>
        cognito('confirm-registration', (client) =>
          client.send(
            new ConfirmSignUpCommand({
              ClientId: pool.clientId,
              SecretHash: secretHash(pool, username),
              Username: username,
              ConfirmationCode: typed,
            }),
          ),
        ),
      ),
    );
  };
}
