import type {
  ListResourceServersCommandInput,
  ListResourceServersCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { poolId, token, validated } from '../input.js';
import { cutPage, readPageToken } from '../page-token.js';
import type { CognitoServices } from '../services.js';
import { resourceServerView } from '../views.js';

const input = z.object({
  UserPoolId: poolId,
  MaxResults: z.int().min(1).max(50).default(50),
  NextToken: token.optional(),
});

/** Lists the resource servers of a pool, by identifier. */
export const createListResourceServers = ({
  pools,
  resourceServers,
}: Pick<CognitoServices, 'pools' | 'resourceServers'>): OperationHandler<
  ListResourceServersCommandInput,
  ListResourceServersCommandOutput
> =>
  validated(input, async ({ UserPoolId, MaxResults, NextToken }) => {
    const pool = await pools.get(UserPoolId);
    const query = ['ListResourceServers', pool.id];
    const after = readPageToken(NextToken, ...query);
    const rows = await resourceServers.list(pool.id, MaxResults + 1, after);
    const { page, next } = cutPage(rows, MaxResults, ({ identifier }) => identifier, ...query);
    return { ResourceServers: page.map(resourceServerView), ...(next && { NextToken: next }) };
  });
