import type {
  AdminSetUserPasswordCommandInput,
  AdminSetUserPasswordCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { newPassword, userReference, validated } from '../input.js';
import { assertPasswordConforms, temporaryPasswordExpiry } from '../password-policy.js';
import type { CognitoServices } from '../services.js';
import type { UserChanges } from '../user-store.js';

const input = userReference.extend({ Password: newPassword, Permanent: z.boolean().default(false) });

/** Gives a user a password: one to keep, or a temporary one to change at the next sign-in. */
export const createAdminSetUserPassword = ({
  challenges,
  clock,
  hashPassword,
  passwordHistory,
  pools,
  users,
}: Pick<
  CognitoServices,
  'challenges' | 'clock' | 'hashPassword' | 'passwordHistory' | 'pools' | 'users'
>): OperationHandler<AdminSetUserPasswordCommandInput, AdminSetUserPasswordCommandOutput> =>
  validated(input, async ({ UserPoolId, Username, Password, Permanent }) => {
    const pool = await pools.get(UserPoolId);
    const user = await users.get(pool, Username);
    const policy = pool.settings.Policies.PasswordPolicy;
    assertPasswordConforms(policy, Password);
    const now = clock.now();
    const passwordHash = await hashPassword(Password);
    const changes: UserChanges = Permanent
      ? { passwordHash, status: 'CONFIRMED', temporaryPasswordExpiresAt: null }
      : {
          passwordHash,
          status: 'FORCE_CHANGE_PASSWORD',
          temporaryPasswordExpiresAt: temporaryPasswordExpiry(policy, now),
        };
    await passwordHistory.keep(pool, user);
    await users.update(user, changes, now);
    await challenges.closeAll(user);
    return {};
  });
