import type {
  AdminGetUserCommandInput,
  AdminGetUserCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { userReference, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { mfaView, userView } from '../views.js';

/** Shows a user. */
export const createAdminGetUser = ({
  pools,
  users,
}: Pick<CognitoServices, 'pools' | 'users'>): OperationHandler<
  AdminGetUserCommandInput,
  AdminGetUserCommandOutput
> =>
  validated(userReference, async ({ UserPoolId, Username: name }) => {
    const user = await users.get(await pools.get(UserPoolId), name);
    const { Attributes, ...rest } = userView(user);
    return { ...rest, Username: user.username, UserAttributes: Attributes, ...mfaView(user) };
  });
