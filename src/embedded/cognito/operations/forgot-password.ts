import type {
  ForgotPasswordCommandInput,
  ForgotPasswordCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { pretendRecoveryCode, recoveryOf, sendRecoveryCode } from '../account-recovery.js';
import { assertSecretHash } from '../client-authentication.js';
import { userNotFound } from '../exceptions.js';
import { clientId, secretHash, username, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = z.object({ ClientId: clientId, SecretHash: secretHash, Username: username });

/**
 * Sends a code to choose a new password with. For who is not registered it only says so, after the same work, unless the
 * client may tell.
 */
export const createForgotPassword = (
  services: Pick<CognitoServices, 'clients' | 'codes' | 'delivery' | 'pools' | 'users'>,
): OperationHandler<ForgotPasswordCommandInput, ForgotPasswordCommandOutput> =>
  validated(input, async ({ ClientId, SecretHash, Username }) => {
    const client = await services.clients.get(ClientId);
    assertSecretHash(client, [Username], SecretHash);
    const pool = await services.pools.get(client.poolId);
    const user = await services.users.find(pool, Username);
    if (!user && client.settings.PreventUserExistenceErrors === 'LEGACY') throw userNotFound();
    const recovery = user && recoveryOf(pool, user);
    if (user && recovery && !recovery.refusal) {
      return { CodeDeliveryDetails: await sendRecoveryCode(services, user, recovery.to) };
    }
    const details = await pretendRecoveryCode(services, pool, Username);
    if (recovery?.refusal) throw recovery.refusal;
    return { CodeDeliveryDetails: details };
  });
