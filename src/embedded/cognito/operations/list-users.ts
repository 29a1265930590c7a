import type {
  ListUsersCommandInput,
  ListUsersCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { attributeName, pageLimit, poolId, text, token, validated } from '../input.js';
import { parseUserFilter } from '../list-users-filter.js';
import { cutPage, readPageToken } from '../page-token.js';
import type { CognitoServices } from '../services.js';
import { matching } from '../user-search.js';
import { userView } from '../views.js';

const input = z.object({
  UserPoolId: poolId,
  AttributesToGet: z.array(attributeName).optional(),
  Limit: pageLimit,
  PaginationToken: token.optional(),
  Filter: text(256).default(''),
});

/** Lists the users of a pool, by `sub`; with a filter, those that match it. */
export const createListUsers = ({
  pools,
  users,
}: Pick<CognitoServices, 'pools' | 'users'>): OperationHandler<
  ListUsersCommandInput,
  ListUsersCommandOutput
> =>
  validated(input, async ({ UserPoolId, AttributesToGet, Limit, PaginationToken, Filter }) => {
    const pool = await pools.get(UserPoolId);
    const query = ['ListUsers', pool.id, Filter];
    const after = readPageToken(PaginationToken, ...query);
    const where = Filter === '' ? undefined : matching(parseUserFilter(Filter));
    const rows = await users.list(pool, { limit: Limit + 1, where, after });
    const { page, next } = cutPage(rows, Limit, ({ sub }) => sub, ...query);
    return {
      Users: page.map((user) => userView(user, AttributesToGet)),
      ...(next && { PaginationToken: next }),
    };
  });
