import type {
  AdminRevokeUserSessionCommandInput,
  AdminRevokeUserSessionCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { text, userReference, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { assertTracked, revokeSession } from '../user-sessions.js';

const input = userReference.extend({ SessionId: text(28, 28) });

/** Ends one sign-in of a user. */
export const createAdminRevokeUserSession = ({
  families,
  pools,
  users,
}: Pick<CognitoServices, 'families' | 'pools' | 'users'>): OperationHandler<
  AdminRevokeUserSessionCommandInput,
  AdminRevokeUserSessionCommandOutput
> =>
  validated(input, async ({ UserPoolId, Username, SessionId }) => {
    const pool = await pools.get(UserPoolId);
    assertTracked(pool);
    await revokeSession(families, await users.get(pool, Username), SessionId);
    return {};
  });
