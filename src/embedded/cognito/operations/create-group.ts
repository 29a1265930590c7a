import type {
  CreateGroupCommandInput,
  CreateGroupCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { groupExists } from '../exceptions.js';
import { groupInput, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { groupView } from '../views.js';

/** Makes a group of a pool. */
export const createCreateGroup = ({
  clock,
  groups,
  pools,
}: Pick<CognitoServices, 'clock' | 'groups' | 'pools'>): OperationHandler<
  CreateGroupCommandInput,
  CreateGroupCommandOutput
> =>
  validated(groupInput, async ({ UserPoolId, GroupName, Description, Precedence, RoleArn }) => {
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
