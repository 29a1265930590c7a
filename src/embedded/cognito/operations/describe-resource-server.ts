import type {
  DescribeResourceServerCommandInput,
  DescribeResourceServerCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { resourceNotFound } from '../exceptions.js';
import { poolId, resourceServerId, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { resourceServerView } from '../views.js';

const input = z.object({ UserPoolId: poolId, Identifier: resourceServerId });

/** Shows a resource server. */
export const createDescribeResourceServer = ({
  pools,
  resourceServers,
}: Pick<CognitoServices, 'pools' | 'resourceServers'>): OperationHandler<
  DescribeResourceServerCommandInput,
  DescribeResourceServerCommandOutput
> =>
  validated(input, async ({ UserPoolId, Identifier }) => {
    const pool = await pools.get(UserPoolId);
    const server = await resourceServers.find(pool.id, Identifier);
    if (!server) throw resourceNotFound(`Resource server ${Identifier} does not exist.`);
    return { ResourceServer: resourceServerView(server) };
  });
