import type {
  CreateUserPoolClientCommandInput,
  CreateUserPoolClientCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { assertOAuthSettings } from '../assert-oauth-settings.js';
import { clientSettingsSchema } from '../client-settings.js';
import { newClientId, newClientSecret } from '../identifiers.js';
import { poolId, text, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { clientView } from '../views.js';

const input = clientSettingsSchema.safeExtend({
  UserPoolId: poolId,
  ClientName: text(128, 1),
  GenerateSecret: z.boolean().default(false),
});

/** Makes an app client of a pool. */
export const createCreateUserPoolClient = ({
  clients,
  clock,
  pools,
  randomness,
  resourceServers,
}: Pick<CognitoServices, 'clients' | 'clock' | 'pools' | 'randomness' | 'resourceServers'>): OperationHandler<
  CreateUserPoolClientCommandInput,
  CreateUserPoolClientCommandOutput
> =>
  validated(input, async ({ UserPoolId, ClientName, GenerateSecret, ...settings }) => {
    const pool = await pools.get(UserPoolId);
    const now = clock.now();
    const client = {
      id: newClientId(randomness),
      poolId: pool.id,
      name: ClientName,
      secret: GenerateSecret ? newClientSecret(randomness) : null,
      settings,
      createdAt: now,
      updatedAt: now,
    };
    await assertOAuthSettings(client, resourceServers);
    await clients.create(client);
    return { UserPoolClient: clientView(client) };
  });
