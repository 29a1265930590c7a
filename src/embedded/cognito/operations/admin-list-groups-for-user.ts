import type {
  AdminListGroupsForUserCommandInput,
  AdminListGroupsForUserCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { pageLimit, token, userReference, validated } from '../input.js';
import { cutPage, readPageToken } from '../page-token.js';
import type { CognitoServices } from '../services.js';
import { groupView } from '../views.js';

const input = userReference.extend({ Limit: pageLimit, NextToken: token.optional() });

/** Lists the groups of a user, by name. */
export const createAdminListGroupsForUser = ({
  groups,
  pools,
  users,
}: Pick<CognitoServices, 'groups' | 'pools' | 'users'>): OperationHandler<
  AdminListGroupsForUserCommandInput,
  AdminListGroupsForUserCommandOutput
> =>
  validated(input, async ({ UserPoolId, Username, Limit, NextToken }) => {
    const user = await users.get(await pools.get(UserPoolId), Username);
    const query = ['AdminListGroupsForUser', user.poolId, user.sub];
    const rows = await groups.listOf(user, Limit + 1, readPageToken(NextToken, ...query));
    const { page, next } = cutPage(rows, Limit, ({ name }) => name, ...query);
    return { Groups: page.map(groupView), ...(next && { NextToken: next }) };
  });
