import type {
  RevokeTokenCommandInput,
  RevokeTokenCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { assertClientSecret } from '../client-authentication.js';
import { invalidRefreshToken, unsupportedOperation, unsupportedTokenType } from '../exceptions.js';
import { clientId, token, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = z.object({ ClientId: clientId, ClientSecret: token.optional(), Token: token });

/** Ends the sign-in of a refresh token: its tokens are good no more. Doing so twice is no fault. */
export const createRevokeToken = ({
  clients,
  families,
}: Pick<CognitoServices, 'clients' | 'families'>): OperationHandler<
  RevokeTokenCommandInput,
  RevokeTokenCommandOutput
> =>
  validated(input, async ({ ClientId, ClientSecret, Token }) => {
    const client = await clients.get(ClientId);
    assertClientSecret(client, ClientSecret);
    if (!client.settings.EnableTokenRevocation) {
      throw unsupportedOperation('Token revocation is not enabled for this client.');
    }
    if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(Token)) throw unsupportedTokenType('Unsupported token type.');
    const family = await families.findByToken(Token);
    if (family?.clientId !== client.id) throw invalidRefreshToken();
    await families.revoke(family.id);
    return {};
  });
