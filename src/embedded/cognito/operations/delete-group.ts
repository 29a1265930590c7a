import type {
  DeleteGroupCommandInput,
  DeleteGroupCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { groupNotFound } from '../exceptions.js';
import { groupName, poolId, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = z.object({ UserPoolId: poolId, GroupName: groupName });

/** Deletes a group; its members stay. */
export const createDeleteGroup = ({
  groups,
  pools,
}: Pick<CognitoServices, 'groups' | 'pools'>): OperationHandler<
  DeleteGroupCommandInput,
  DeleteGroupCommandOutput
> =>
  validated(input, async ({ UserPoolId, GroupName }) => {
    const pool = await pools.get(UserPoolId);
    if (!(await groups.delete({ poolId: pool.id, name: GroupName }))) throw groupNotFound();
    return {};
  });
