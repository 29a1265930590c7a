import type {
  UpdateGroupCommandInput,
  UpdateGroupCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { groupNotFound } from '../exceptions.js';
import { groupInput, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { groupView } from '../views.js';

/** Changes a group; what is left out stays as it is. */
export const createUpdateGroup = ({
  clock,
  groups,
  pools,
}: Pick<CognitoServices, 'clock' | 'groups' | 'pools'>): OperationHandler<
  UpdateGroupCommandInput,
  UpdateGroupCommandOutput
> =>
  validated(groupInput, async ({ UserPoolId, GroupName, Description, Precedence, RoleArn }) => {
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
