import type { GetGroupCommandInput, GetGroupCommandOutput } from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { groupName, poolId, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { groupView } from '../views.js';

const input = z.object({ UserPoolId: poolId, GroupName: groupName });

/** Shows a group. */
export const createGetGroup = ({
  groups,
  pools,
}: Pick<CognitoServices, 'groups' | 'pools'>): OperationHandler<
  GetGroupCommandInput,
  GetGroupCommandOutput
> =>
  validated(input, async ({ UserPoolId, GroupName }) => {
    const pool = await pools.get(UserPoolId);
    return { Group: groupView(await groups.get({ poolId: pool.id, name: GroupName })) };
  });
