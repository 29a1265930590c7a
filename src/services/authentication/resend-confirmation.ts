import { ResendConfirmationCodeCommand } from '@aws-sdk/client-cognito-identity-provider';

import { PortcullisError, type ErrorCode } from '../../errors.js';
import { isUndelivered } from '../cognito/cognito-errors.js';
import { secretHash } from '../cognito/secret-hash.js';
import { normalizeEmail } from '../users/email-address.js';
import type { UserType } from '../users/user-store.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { maskedDelivery } from './masked-delivery.js';
import type { CodeDelivery } from './sign-in.js';

export interface ResendConfirmationInput {
  readonly email: string;
  readonly userType: UserType;
}

export type ResendConfirmation = (input: ResendConfirmationInput) => Promise<CodeDelivery>;

/** What Cognito says of an account that does not exist or needs no confirmation, or that was sent too many codes. */
const ABOUT_THE_ACCOUNT: ReadonlySet<ErrorCode> = new Set([
  'CODE_MISMATCH',
  'BAD_USER_INPUT',
  'CONFLICT',
  'RATE_LIMITED',
]);

const tellsOfTheAccount = (error: unknown): boolean =>
  isUndelivered(error) || (error instanceof PortcullisError && ABOUT_THE_ACCOUNT.has(error.code));

/** Sends a new code. The answer is the same whether or not there is an account to confirm, and whether one was sent. */
export function createResendConfirmation({
  cognito,
  pools,
  logger,
  pace,
}: Pick<AuthenticationDependencies, 'cognito' | 'pools' | 'logger' | 'pace'>): ResendConfirmation {
  return async ({ email, userType }) => {
    const pool = pools[userType];
    const username = normalizeEmail(email);
    try {
      await pace(() =>
        cognito('resend-confirmation', (client) =>
          client.send(
            new ResendConfirmationCodeCommand({
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
      logger.debug({ err: error }, 'A confirmation code that was asked for was not sent.');
    }
    return maskedDelivery(username);
  };
}
