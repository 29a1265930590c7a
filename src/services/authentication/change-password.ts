import { ChangePasswordCommand } from '@aws-sdk/client-cognito-identity-provider';

import type { ClientAddress } from '../sessions/session.js';
import { requirePassword } from '../users/input-bounds.js';
import { accountOf } from './account.js';
import { endAfterPasswordChange } from './after-password-change.js';
import type { AuthenticationDependencies } from './dependencies.js';
import type { Viewer } from './viewer.js';

export interface ChangePasswordInput {
  readonly currentPassword: string;
  readonly newPassword: string;
}

export type ChangePassword = (
  viewer: Viewer,
  input: ChangePasswordInput,
  address: ClientAddress,
) => Promise<void>;

/**
 * Replaces the viewer's password, for who knows the present one. Their other sessions have ended when it returns; the one
 * that brought them goes on. INVALID_CREDENTIALS where the present password is wrong.
 */
export function createChangePassword({
  cognito,
  users,
  sessions,
  attempts,
  passwordRules,
}: Pick<
  AuthenticationDependencies,
  'cognito' | 'users' | 'sessions' | 'attempts' | 'passwordRules'
>): ChangePassword {
  return async (viewer, input, address) => {
    const { userId, userType, session, accessToken } = viewer;
    const current = requirePassword(input.currentPassword, 'currentPassword');
    const chosen = await passwordRules.requireAcceptable(input.newPassword, userType, 'newPassword');
    const account = accountOf(viewer, await users.find(userId));
    await attempts.guard('password', account, address, () =>
      cognito('change-password', (client) =>
        client.send(
          new ChangePasswordCommand({
            AccessToken: accessToken,
            PreviousPassword: current,
            ProposedPassword: chosen,
          }),
        ),
      ),
    );
    await endAfterPasswordChange(() => sessions.endAllOf(userId, 'PASSWORD_CHANGED', { except: session.id }));
  };
}
