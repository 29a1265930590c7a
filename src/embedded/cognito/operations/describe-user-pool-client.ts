import type {
  DescribeUserPoolClientCommandInput,
  DescribeUserPoolClientCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { clientId, poolId, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { clientView } from '../views.js';

const input = z.object({ UserPoolId: poolId, ClientId: clientId });

/** Shows an app client. */
export const createDescribeUserPoolClient = ({
  clients,
  pools,
}: Pick<CognitoServices, 'clients' | 'pools'>): OperationHandler<
  DescribeUserPoolClientCommandInput,
  DescribeUserPoolClientCommandOutput
> =>
  validated(input, async ({ UserPoolId, ClientId }) => {
    const pool = await pools.get(UserPoolId);
    return { UserPoolClient: clientView(await clients.get(ClientId, pool.id)) };
  });
