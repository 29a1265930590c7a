import type {
  AdminDeleteUserCommandInput,
  AdminDeleteUserCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { userReference, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

/** Deletes a user, with sign-ins, codes and memberships. */
export const createAdminDeleteUser = ({
  pools,
  users,
}: Pick<CognitoServices, 'pools' | 'users'>): OperationHandler<
  AdminDeleteUserCommandInput,
  AdminDeleteUserCommandOutput
> =>
  validated(userReference, async ({ UserPoolId, Username }) => {
    await users.delete(await users.get(await pools.get(UserPoolId), Username));
    return {};
  });
