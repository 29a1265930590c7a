import type {
  AdminResetUserPasswordCommandInput,
  AdminResetUserPasswordCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { OperationHandler } from '../../aws-json.js';
import { recoveryOf } from '../account-recovery.js';
import { userReference, validated } from '../input.js';
import type { CognitoServices } from '../services.js';

/** Takes a user's password from them, ends every sign-in, and sends the code with which they choose another. */
export const createAdminResetUserPassword = ({
  challenges,
  clock,
  codes,
  delivery,
  families,
  pools,
  users,
}: Pick<
  CognitoServices,
  'challenges' | 'clock' | 'codes' | 'delivery' | 'families' | 'pools' | 'users'
>): OperationHandler<AdminResetUserPasswordCommandInput, AdminResetUserPasswordCommandOutput> =>
  validated(userReference, async ({ UserPoolId, Username }) => {
    const pool = await pools.get(UserPoolId);
    const user = await users.get(pool, Username);
    const recovery = recoveryOf(pool, user);
    if (recovery.refusal) throw recovery.refusal;
    // Before anything is taken from them: where too many were sent, nothing is done.
    const code = await codes.issue(user, 'FORGOTTEN_PASSWORD');
    await users.update(user, { status: 'RESET_REQUIRED' }, clock.now());
    await families.revokeAll(user);
    await challenges.closeAll(user);
    await delivery.deliver(user, recovery.to, 'PASSWORD_RESET', code);
    return {};
  });
