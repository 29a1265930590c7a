import { ForgotPasswordCommand } from '@aws-sdk/client-cognito-identity-provider';

import { PortcullisError } from '../../errors.js';
import { isUndelivered } from '../cognito/cognito-errors.js';
import { secretHash } from '../cognito/secret-hash.js';
import { normalizeEmail } from '../users/email-address.js';
import type { UserType } from '../users/user-store.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { maskedDelivery } from './masked-delivery.js';
import type { CodeDelivery } from './sign-in.js';

export interface ForgotPasswordInput {
  readonly email: string;
  readonly userType: UserType;
}

export type ForgotPassword = (input: ForgotPasswordInput) => Promise<CodeDelivery>;

/** Of an account that does not exist or is in no state to reset its password, or that was sent too many codes. */
const tellsOfTheAccount = (error: unknown): boolean =>
  isUndelivered(error) || (error instanceof PortcullisError && error.code === 'CODE_MISMATCH');

/** Sends a code to choose a new password with. The answer is the same whether or not there is an account, and one was sent. */
export function createForgotPassword({
  cognito,
  pools,
  pace,
  logger,
}: Pick<AuthenticationDependencies, 'cognito' | 'pools' | 'pace' | 'logger'>): ForgotPassword {
  return async ({ email, userType }) => {
    const pool = pools[userType];
    const username = normalizeEmail(email);
    try {
      await pace(() =>
        cognito('forgot-password', (client) =>
          client.send(
            new ForgotPasswordCommand({
              ClientId: pool.clientId,
              SecretHash: secretHash(pool, username),
              Username: username,
            }),
          ),
        ),
      );
    } catch (error) {
      if (!tellsOfTheAccount(error)) throw error;
      // Anybody may cause it, as often as they like.
      logger.debug({ err: error }, 'A code to reset a password was asked for and not sent.');
    }
    return maskedDelivery(username);
  };
}
