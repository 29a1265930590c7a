import type {
  ListGroupsCommandInput,
  ListGroupsCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { pageLimit, poolId, token, validated } from '../input.js';
import { cutPage, readPageToken } from '../page-token.js';
import type { CognitoServices } from '../services.js';
import { groupView } from '../views.js';

const input = z.object({ UserPoolId: poolId, Limit: pageLimit, NextToken: token.optional() });

/** Lists the groups of a pool, by name. */
export const createListGroups = ({
  groups,
  pools,
}: Pick<CognitoServices, 'groups' | 'pools'>): OperationHandler<
  ListGroupsCommandInput,
  ListGroupsCommandOutput
> =>
  validated(input, async ({ UserPoolId, Limit, NextToken }) => {
    const pool = await pools.get(UserPoolId);
    const query = ['ListGroups', pool.id];
    const rows = await groups.list(pool.id, Limit + 1, readPageToken(NextToken, ...query));
    const { page, next } = cutPage(rows, Limit, ({ name }) => name, ...query);
    return { Groups: page.map(groupView), ...(next && { NextToken: next }) };
  });
