import type {
  UpdateGroupCommandInput,
  UpdateGroupCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { groupNotFound } from '../exceptions.js';
import { groupName, poolId, text, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { groupView } from '../views.js';

const input = z.object({
  UserPoolId: poolId,
  GroupName: groupName,
  Description: text(2048).optional(),
  Precedence: z.int().min(0).max(2_147_483_647).optional(),
  RoleArn: text(2048, 20).optional(),
});

/** Changes a group; what is left out stays as it is. */
export const createUpdateGroup = ({
  clock,
  groups,
  pools,
}: Pick<CognitoServices, 'clock' | 'groups' | 'pools'>): OperationHandler<
  UpdateGroupCommandInput,
  UpdateGroupCommandOutput
> =>
  validated(input, async ({ UserPoolId, GroupName, Description, Precedence, RoleArn }) => {
    const pool = await pools.get(UserPoolId);
    const changes = {
      ...(Description !== undefined && { description: Description }),
      ...(Precedence !== undefined && { precedence: Precedence }),
      ...(RoleArn !== undefined && { roleArn: RoleArn }),
    };
    const group = await groups.update({ poolId: pool.id, name: GroupName }, changes, clock.now());
    if (!group) throw groupNotFound();
    return { Group: groupView(group) };
  });
