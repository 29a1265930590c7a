import type {
  ResendConfirmationCodeCommandInput,
  ResendConfirmationCodeCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { assertSecretHash } from '../client-authentication.js';
import { deliveryDetails } from '../code-delivery.js';
import { sendConfirmation } from '../confirmation.js';
import { invalidParameter, userNotFound } from '../exceptions.js';
import { clientId, secretHash, username, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = z.object({ ClientId: clientId, SecretHash: secretHash, Username: username });

/** Sends another confirmation code. For who is not registered it only says so, unless the client may tell. */
export const createResendConfirmationCode = ({
  clients,
  codes,
  delivery,
  pools,
  users,
}: Pick<CognitoServices, 'clients' | 'codes' | 'delivery' | 'pools' | 'users'>): OperationHandler<
  ResendConfirmationCodeCommandInput,
  ResendConfirmationCodeCommandOutput
> =>
  validated(input, async ({ ClientId, SecretHash, Username }) => {
    const client = await clients.get(ClientId);
    assertSecretHash(client, [Username], SecretHash);
    const pool = await pools.get(client.poolId);
    const user = await users.find(pool, Username);
    if (!user) {
      if (client.settings.PreventUserExistenceErrors === 'LEGACY') throw userNotFound();
      return { CodeDeliveryDetails: deliveryDetails(Username) };
    }
    if (user.status !== 'UNCONFIRMED') throw invalidParameter('User is already confirmed.');
    const details = await sendConfirmation({ codes, delivery }, pool, user);
    if (!details) throw invalidParameter('Auto verification not turned on.');
    return { CodeDeliveryDetails: details };
  });
