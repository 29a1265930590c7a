import type {
  AdminCreateUserCommandInput,
  AdminCreateUserCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { unsupportedUserState, usernameExists } from '../exceptions.js';
import { attributes, newPassword, userReference, validated } from '../input.js';
import { identify, NO_MFA } from '../new-user.js';
import {
  assertPasswordConforms,
  generateTemporaryPassword,
  temporaryPasswordExpiry,
} from '../password-policy.js';
import type { UserPool } from '../pool-settings.js';
import type { CognitoServices } from '../services.js';
import type { User } from '../user-store.js';
import { userView } from '../views.js';

const input = userReference.extend({
  TemporaryPassword: newPassword.optional(),
  UserAttributes: attributes.default({}),
  MessageAction: z.enum(['RESEND', 'SUPPRESS']).optional(),
});

type Services = Pick<
  CognitoServices,
  'challenges' | 'clock' | 'delivery' | 'hashPassword' | 'pools' | 'randomness' | 'users'
>;

/** Makes a user with a temporary password, and sends it to them; or, with RESEND, sends them another. */
export const createAdminCreateUser = (
  services: Services,
): OperationHandler<AdminCreateUserCommandInput, AdminCreateUserCommandOutput> =>
  validated(input, async ({ UserPoolId, Username, TemporaryPassword, UserAttributes, MessageAction }) => {
    const { challenges, clock, delivery, hashPassword, pools, randomness, users } = services;
    const pool = await pools.get(UserPoolId);
    const policy = pool.settings.Policies.PasswordPolicy;
    const temporaryPassword = TemporaryPassword ?? generateTemporaryPassword(policy, randomness);
    assertPasswordConforms(policy, temporaryPassword);

    const now = clock.now();
    const access = {
      passwordHash: await hashPassword(temporaryPassword),
      status: 'FORCE_CHANGE_PASSWORD' as const,
      temporaryPasswordExpiresAt: temporaryPasswordExpiry(policy, now),
      updatedAt: now,
    };
    const user =
      MessageAction === 'RESEND'
        ? { ...(await findInvited(services, pool, Username)), ...access }
        : {
            ...identify(pool, randomness, Username, UserAttributes),
            ...access,
            ...NO_MFA,
            enabled: true,
            createdAt: now,
          };
    if (MessageAction === 'RESEND') {
      await users.update(user, access, now);
      // Who got in by the temporary password before is not to choose the one that stays.
      await challenges.closeAll(user);
    } else if (!(await users.create(pool, user))) throw usernameExists('User account already exists');

    const { email } = user.attributes;
    if (MessageAction !== 'SUPPRESS' && email !== undefined) {
      await delivery.deliver({ username: email }, email, 'INVITATION', temporaryPassword);
    }
    return { User: userView(user) };
  });

async function findInvited(
  { users }: Pick<Services, 'users'>,
  pool: UserPool,
  username: string,
): Promise<User> {
  const user = await users.get(pool, username);
  if (user.status !== 'FORCE_CHANGE_PASSWORD') {
    throw unsupportedUserState('Resend not possible. User status is not FORCE_CHANGE_PASSWORD');
  }
  return user;
}
