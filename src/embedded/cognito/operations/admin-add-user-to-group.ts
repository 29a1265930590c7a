import type {
  AdminAddUserToGroupCommandInput,
  AdminAddUserToGroupCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { groupName, userReference, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = userReference.extend({ GroupName: groupName });

/** Makes a user a member of a group; already to be one is no fault. */
export const createAdminAddUserToGroup = ({
  groups,
  pools,
  users,
}: Pick<CognitoServices, 'groups' | 'pools' | 'users'>): OperationHandler<
  AdminAddUserToGroupCommandInput,
  AdminAddUserToGroupCommandOutput
> =>
  validated(input, async ({ UserPoolId, Username, GroupName }) => {
    const pool = await pools.get(UserPoolId);
    const user = await users.get(pool, Username);
    await groups.addMember(await groups.get({ poolId: pool.id, name: GroupName }), user);
    return {};
  });
