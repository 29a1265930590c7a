import type {
  ListUsersInGroupCommandInput,
  ListUsersInGroupCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { groupName, pageLimit, poolId, token, validated } from '../input.js';
import { cutPage, readPageToken } from '../page-token.js';
import type { CognitoServices } from '../services.js';
import { userView } from '../views.js';

const input = z.object({
  UserPoolId: poolId,
  GroupName: groupName,
  Limit: pageLimit,
  NextToken: token.optional(),
});

/** Lists the members of a group, by `sub`. */
export const createListUsersInGroup = ({
  groups,
  pools,
}: Pick<CognitoServices, 'groups' | 'pools'>): OperationHandler<
  ListUsersInGroupCommandInput,
  ListUsersInGroupCommandOutput
> =>
  validated(input, async ({ UserPoolId, GroupName, Limit, NextToken }) => {
    const pool = await pools.get(UserPoolId);
    const group = await groups.get({ poolId: pool.id, name: GroupName });
    const query = ['ListUsersInGroup', pool.id, group.name];
    const rows = await groups.members(group, Limit + 1, readPageToken(NextToken, ...query));
    const { page, next } = cutPage(rows, Limit, ({ sub }) => sub, ...query);
    return { Users: page.map((user) => userView(user)), ...(next && { NextToken: next }) };
  });
