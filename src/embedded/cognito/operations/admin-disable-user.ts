import type {
  AdminDisableUserCommandInput,
  AdminDisableUserCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { userReference, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

/** Shuts a user out and ends every sign-in, also those that are under way. */
export const createAdminDisableUser = ({
  challenges,
  clock,
  families,
  pools,
  users,
}: Pick<CognitoServices, 'challenges' | 'clock' | 'families' | 'pools' | 'users'>): OperationHandler<
  AdminDisableUserCommandInput,
  AdminDisableUserCommandOutput
> =>
  validated(userReference, async ({ UserPoolId, Username }) => {
    const user = await users.get(await pools.get(UserPoolId), Username);
    await users.update(user, { enabled: false }, clock.now());
    await families.revokeAll(user);
    await challenges.closeAll(user);
    return {};
  });
