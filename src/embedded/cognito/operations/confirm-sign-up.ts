import type {
  ConfirmSignUpCommandInput,
  ConfirmSignUpCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { assertSecretHash } from '../client-authentication.js';
import { assertUnconfirmed } from '../confirmation.js';
import { aliasExists, codeMismatch, userNotFound } from '../exceptions.js';
import { clientId, confirmationCode, secretHash, username, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = z.object({
  ClientId: clientId,
  SecretHash: secretHash,
  Username: username,
  ConfirmationCode: confirmationCode,
});

/** Confirms a sign-up with the code that was sent, which shows that the address belongs to who has it. */
export const createConfirmSignUp = ({
  clients,
  clock,
  codes,
  pools,
  users,
}: Pick<CognitoServices, 'clients' | 'clock' | 'codes' | 'pools' | 'users'>): OperationHandler<
  ConfirmSignUpCommandInput,
  ConfirmSignUpCommandOutput
> =>
  validated(input, async ({ ClientId, SecretHash, Username, ConfirmationCode }) => {
    const client = await clients.get(ClientId);
    assertSecretHash(client, [Username], SecretHash);
    const pool = await pools.get(client.poolId);
    const user = await users.find(pool, Username);
    if (!user) {
      throw client.settings.PreventUserExistenceErrors === 'ENABLED' ? codeMismatch() : userNotFound();
    }
    assertUnconfirmed(user);
    await codes.redeem(user, 'SIGN_UP', ConfirmationCode);
    const confirmed = await users.updateAttributes(pool, user, { email_verified: 'true' }, clock.now(), {
      status: 'CONFIRMED',
    });
    if (!confirmed) throw aliasExists();
    return {};
  });
