import type {
  AdminUserGlobalSignOutCommandInput,
  AdminUserGlobalSignOutCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { userReference, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

/** Ends every sign-in of a user, in every client. */
export const createAdminUserGlobalSignOut = ({
  families,
  pools,
  users,
}: Pick<CognitoServices, 'families' | 'pools' | 'users'>): OperationHandler<
  AdminUserGlobalSignOutCommandInput,
  AdminUserGlobalSignOutCommandOutput
> =>
  validated(userReference, async ({ UserPoolId, Username }) => {
    const user = await users.get(await pools.get(UserPoolId), Username);
    await families.revokeAll(user);
    return {};
  });
