import type {
  ConfirmForgotPasswordCommandInput,
  ConfirmForgotPasswordCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { nobody } from '../account-recovery.js';
import { assertSecretHash } from '../client-authentication.js';
import { codeMismatch, userDisabled, userNotFound } from '../exceptions.js';
import { clientId, confirmationCode, password, secretHash, username, validated } from '../input.js';
import { assertPasswordConforms } from '../password-policy.js';
import type { CognitoServices } from '../services.js';

const input = z.object({
  ClientId: clientId,
  SecretHash: secretHash,
  Username: username,
  ConfirmationCode: confirmationCode,
  Password: password,
});

/**
 * Chooses a new password with the code that was sent. Nothing of the account shows before the code is found right, and a
 * password that is refused for having been used before leaves the code good. Sign-ins that there are go on, as at Cognito.
 */
export const createConfirmForgotPassword = ({
  challenges,
  clients,
  clock,
  codes,
  hashPassword,
  passwordHistory,
  pools,
  users,
}: Pick<
  CognitoServices,
  'challenges' | 'clients' | 'clock' | 'codes' | 'hashPassword' | 'passwordHistory' | 'pools' | 'users'
>): OperationHandler<ConfirmForgotPasswordCommandInput, ConfirmForgotPasswordCommandOutput> =>
  validated(input, async ({ ClientId, SecretHash, Username, ConfirmationCode, Password }) => {
    const client = await clients.get(ClientId);
    assertSecretHash(client, [Username], SecretHash);
    const pool = await pools.get(client.poolId);
    assertPasswordConforms(pool.settings.Policies.PasswordPolicy, Password);
    const user = await users.find(pool, Username);
    if (!user) {
      if (client.settings.PreventUserExistenceErrors === 'LEGACY') throw userNotFound();
      // The same work, and the same limit of tries, whose outcome nobody learns.
      await codes
        .check(nobody(pool, Username), 'FORGOTTEN_PASSWORD', ConfirmationCode)
        .catch(() => undefined);
      throw codeMismatch();
    }
    const checked = await codes.check(user, 'FORGOTTEN_PASSWORD', ConfirmationCode);
    if (!user.enabled) throw userDisabled();
    await passwordHistory.assertUnused(pool, user, Password);
    const passwordHash = await hashPassword(Password);
    await codes.useUp(checked);
    await passwordHistory.keep(pool, user);
    const changes = { passwordHash, status: 'CONFIRMED', temporaryPasswordExpiresAt: null } as const;
    await users.update(user, changes, clock.now());
    await challenges.closeAll(user);
    return {};
  });
