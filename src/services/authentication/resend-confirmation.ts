import { ResendConfirmationCodeCommand } from '@aws-sdk/client-cognito-identity-provider';

import { PortcullisError, type ErrorCode } from '../../errors.js';
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

/** What Cognito says of an account that does not exist, or that needs no confirmation. */
const NOTHING_TO_CONFIRM: ReadonlySet<ErrorCode> = new Set(['CODE_MISMATCH', 'BAD_USER_INPUT', 'CONFLICT']);

/** Sends a new code. The answer is the same whether or not there is an account to confirm. */
export function createResendConfirmation({
  cognito,
  pools,
}: Pick<AuthenticationDependencies, 'cognito' | 'pools'>): ResendConfirmation {
  return async ({ email, userType }) => {
    const pool = pools[userType];
    const username = normalizeEmail(email);
    try {
      await cognito('resend-confirmation', (client) =>
        client.send(
          new ResendConfirmationCodeCommand({
            ClientId: pool.clientId,
            SecretHash: secretHash(pool, username),
            Username: username,
          }),
        ),
      );
    } catch (error) {
      if (!(error instanceof PortcullisError && NOTHING_TO_CONFIRM.has(error.code))) throw error;
    }
    return maskedDelivery(username);
  };
}
