import type {
  AdminEnableUserCommandInput,
  AdminEnableUserCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { userReference, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

/** Lets a user in again. Sign-ins that disabling ended stay ended. */
export const createAdminEnableUser = ({
  clock,
  pools,
  users,
}: Pick<CognitoServices, 'clock' | 'pools' | 'users'>): OperationHandler<
  AdminEnableUserCommandInput,
  AdminEnableUserCommandOutput
> =>
  validated(userReference, async ({ UserPoolId, Username }) => {
    const user = await users.get(await pools.get(UserPoolId), Username);
    await users.update(user, { enabled: true }, clock.now());
    return {};
  });
