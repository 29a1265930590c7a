import type {
  AdminRemoveUserFromGroupCommandInput,
  AdminRemoveUserFromGroupCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { groupName, userReference, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = userReference.extend({ GroupName: groupName });

/** Ends a membership; not to have been a member is no fault. */
export const createAdminRemoveUserFromGroup = ({
  groups,
  pools,
  users,
}: Pick<CognitoServices, 'groups' | 'pools' | 'users'>): OperationHandler<
  AdminRemoveUserFromGroupCommandInput,
  AdminRemoveUserFromGroupCommandOutput
> =>
  validated(input, async ({ UserPoolId, Username, GroupName }) => {
    const pool = await pools.get(UserPoolId);
    const user = await users.get(pool, Username);
    await groups.removeMember(await groups.get({ poolId: pool.id, name: GroupName }), user);
    return {};
  });
