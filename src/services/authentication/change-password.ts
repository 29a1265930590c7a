import { ChangePasswordCommand } from '@aws-sdk/client-cognito-identity-provider';

import type { ClientAddress } from '../sessions/session.js';
import { requirePassword } from '../users/input-bounds.js';
import { accountOf } from './account.js';
import { endAfterPasswordChange } from './after-password-change.js';
import type { AuthenticationDependencies } from './dependencies.js';
import type { ProveIdentity } from './prove-identity.js';
import type { Viewer } from './viewer.js';

export interface ChangePasswordInput {
  readonly currentPassword: string;
  readonly newPassword: string;
  /** Of a second factor; needed where a sign-in would ask for one. */
  readonly code: string | null;
}

export type ChangePassword = (
  viewer: Viewer,
  input: ChangePasswordInput,
  address: ClientAddress,
) => Promise<void>;

/**
 * Replaces the viewer's password, for who proves that they are who they are: Cognito's ChangePassword alone asks for no
 * second factor. Their other sessions have ended when it returns; the one that brought them goes on.
 *
 * @throws PortcullisError as `ProveIdentity`; PASSWORD_POLICY for the new password
 */
export function createChangePassword(
  {
    cognito,
    endings,
    attempts,
    passwordRules,
  }: Pick<AuthenticationDependencies, 'cognito' | 'endings' | 'attempts' | 'passwordRules'>,
  proveIdentity: ProveIdentity,
): ChangePassword {
  return async (viewer, input, address) => {
    const { userId, userType, session, accessToken } = viewer;
    const current = requirePassword(input.currentPassword, 'currentPassword');
    const chosen = await passwordRules.requireAcceptable(input.newPassword, userType, 'newPassword');
    const person = await proveIdentity(viewer, { password: current, code: input.code }, address);
    const account = accountOf(viewer, person);
    const others = { userId, reason: 'PASSWORD_CHANGED', except: session.id } as const;
    const change = () =>
      cognito('change-password', (client) =>
        client.send(
          new ChangePasswordCommand({
            AccessToken: accessToken,
            PreviousPassword: current,
            ProposedPassword: chosen,
          }),
        ),
      );
    const { end } = await attempts.guard('password', account, address, () => endings.before(others, change));
    await endAfterPasswordChange(end);
  };
}
