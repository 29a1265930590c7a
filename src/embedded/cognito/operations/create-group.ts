import type {
  CreateGroupCommandInput,
  CreateGroupCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { groupExists } from '../exceptions.js';
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

/** Makes a group of a pool. */
export const createCreateGroup = ({
  clock,
  groups,
  pools,
}: Pick<CognitoServices, 'clock' | 'groups' | 'pools'>): OperationHandler<
  CreateGroupCommandInput,
  CreateGroupCommandOutput
> =>
  validated(input, async ({ UserPoolId, GroupName, Description, Precedence, RoleArn }) => {
    const pool = await pools.get(UserPoolId);
    const now = clock.now();
    const group = {
      poolId: pool.id,
      name: GroupName,
      description: Description ?? null,
      precedence: Precedence ?? null,
      roleArn: RoleArn ?? null,
      createdAt: now,
      updatedAt: now,
    };
    if (!(await groups.create(group))) throw groupExists();
    return { Group: groupView(group) };
  });
