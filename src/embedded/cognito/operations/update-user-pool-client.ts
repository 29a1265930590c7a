import type {
  UpdateUserPoolClientCommandInput,
  UpdateUserPoolClientCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { clientSettingsSchema } from '../client-settings.js';
import { clientId, poolId, text, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { clientView } from '../views.js';

const input = clientSettingsSchema.safeExtend({
  UserPoolId: poolId,
  ClientId: clientId,
  ClientName: text(128, 1).optional(),
});

/** Changes an app client; what is left out goes back to its default, but for its name and its secret. */
export const createUpdateUserPoolClient = ({
  clients,
  clock,
  pools,
}: Pick<CognitoServices, 'clients' | 'clock' | 'pools'>): OperationHandler<
  UpdateUserPoolClientCommandInput,
  UpdateUserPoolClientCommandOutput
> =>
  validated(input, async ({ UserPoolId, ClientId, ClientName, ...settings }) => {
    const pool = await pools.get(UserPoolId);
    const client = await clients.get(ClientId, pool.id);
    const updated = { ...client, name: ClientName ?? client.name, settings, updatedAt: clock.now() };
    await clients.update(updated);
    return { UserPoolClient: clientView(updated) };
  });
