import type {
  AdminListUserSessionsCommandInput,
  AdminListUserSessionsCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { userReference, validated } from '../input.js';
import type { CognitoServices } from '../services.js';
import { assertTracked, sessionView } from '../user-sessions.js';

/** Lists the living sign-ins of a user. */
export const createAdminListUserSessions = ({
  families,
  pools,
  users,
}: Pick<CognitoServices, 'families' | 'pools' | 'users'>): OperationHandler<
  AdminListUserSessionsCommandInput,
  AdminListUserSessionsCommandOutput
> =>
  validated(userReference, async ({ UserPoolId, Username }) => {
    const pool = await pools.get(UserPoolId);
    assertTracked(pool);
    const active = await families.listActive(await users.get(pool, Username));
    return { Sessions: active.map((family) => sessionView(family)) };
  });
