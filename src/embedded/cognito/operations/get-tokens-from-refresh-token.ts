import type {
  GetTokensFromRefreshTokenCommandInput,
  GetTokensFromRefreshTokenCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { assertClientSecret } from '../client-authentication.js';
import { clientId, token, validated } from '../input.js';
import { exchangeRefreshToken } from '../refresh-sign-in.js';
import type { CognitoServices } from '../services.js';

const input = z.object({ ClientId: clientId, ClientSecret: token.optional(), RefreshToken: token });

/** Exchanges a refresh token for new tokens, with a new refresh token among them where the client rotates them. */
export const createGetTokensFromRefreshToken = ({
  clients,
  clock,
  families,
  groups,
  pools,
  tokens,
  users,
}: Pick<
  CognitoServices,
  'clients' | 'clock' | 'families' | 'groups' | 'pools' | 'tokens' | 'users'
>): OperationHandler<GetTokensFromRefreshTokenCommandInput, GetTokensFromRefreshTokenCommandOutput> =>
  validated(input, async ({ ClientId, ClientSecret, RefreshToken }) => {
    const client = await clients.get(ClientId);
    assertClientSecret(client, ClientSecret);
    const services = { clock, families, groups, pools, tokens, users };
    return { AuthenticationResult: await exchangeRefreshToken(services, client, RefreshToken) };
  });
