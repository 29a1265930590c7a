import type {
  ListUserPoolClientsCommandInput,
  ListUserPoolClientsCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { pageLimit, poolId, token, validated } from '../input.js';
import { cutPage, readPageToken } from '../page-token.js';
import type { CognitoServices } from '../services.js';

const input = z.object({ UserPoolId: poolId, MaxResults: pageLimit, NextToken: token.optional() });

/** Lists the app clients of a pool, by id. */
export const createListUserPoolClients = ({
  clients,
  pools,
}: Pick<CognitoServices, 'clients' | 'pools'>): OperationHandler<
  ListUserPoolClientsCommandInput,
  ListUserPoolClientsCommandOutput
> =>
  validated(input, async ({ UserPoolId, MaxResults, NextToken }) => {
    const pool = await pools.get(UserPoolId);
    const query = ['ListUserPoolClients', pool.id];
    const rows = await clients.list(pool.id, MaxResults + 1, readPageToken(NextToken, ...query));
    const { page, next } = cutPage(rows, MaxResults, ({ id }) => id, ...query);
    return {
      UserPoolClients: page.map(({ id, name, poolId: UserPoolId }) => ({
        ClientId: id,
        ClientName: name,
        UserPoolId,
      })),
      ...(next && { NextToken: next }),
    };
  });
