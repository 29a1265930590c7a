import { ConfirmForgotPasswordCommand } from '@aws-sdk/client-cognito-identity-provider';

import { secretHash } from '../cognito/secret-hash.js';
import type { ClientAddress } from '../sessions/session.js';
import { normalizeEmail } from '../users/email-address.js';
import type { UserRecord, UserType } from '../users/user-store.js';
import { endAfterPasswordChange } from './after-password-change.js';
import { requireCode } from './code-input.js';
import type { AuthenticationDependencies } from './dependencies.js';

export interface ResetPasswordInput {
  readonly email: string;
  readonly userType: UserType;
  readonly code: string;
  readonly newPassword: string;
}

export type ResetPassword = (input: ResetPasswordInput, address: ClientAddress) => Promise<void>;

/** Whoever has no account, has no sessions; they are looked for all the same, which takes as long. */
const NOBODY = 'nobody';

/**
 * Chooses a new password with the code that was mailed. All sessions of the person have ended when it returns, by our own
 * record and at Cognito. Whatever is amiss with the code or the account reads CODE_MISMATCH; a password is judged before
 * anybody looks whose it is to be, except for whether it was theirs before, which shows only to who has the code.
 */
export function createResetPassword({
  cognito,
  pools,
  users,
  sessions,
  endings,
  attempts,
  passwordRules,
  logger,
}: Pick<
  AuthenticationDependencies,
  'cognito' | 'pools' | 'users' | 'sessions' | 'endings' | 'attempts' | 'passwordRules' | 'logger'
>): ResetPassword {
  const confirm = async (
    { email, userType, code, newPassword }: ResetPasswordInput,
    person: UserRecord | undefined,
  ): Promise<void> => {
    const pool = pools[userType];
    // By id, so that whose password it becomes is whose sessions end, whatever becomes of the address meanwhile.
    const username = person?.id ?? email;
    await cognito('reset-password', (client) =>
      client.send(
        new ConfirmForgotPasswordCommand({
          ClientId: pool.clientId,
          SecretHash: secretHash(pool, username),
          Username: username,
          ConfirmationCode: code,
          Password: newPassword,
        }),
      ),
    );
  };

  const endAtCognito = async (userId: string): Promise<void> => {
    try {
      await users.signOutEverywhere(userId);
    } catch (error) {
      // The code is used up, so nobody could ask again; what Cognito still refreshes has no session here.
      logger.error({ err: error, user: userId }, 'Refresh tokens were not ended at Cognito.');
    }
  };

  return async (input, address) => {
    const { userType } = input;
    const email = normalizeEmail(input.email);
    const code = requireCode(input.code);
    const newPassword = await passwordRules.requireAcceptable(input.newPassword, userType, 'newPassword');
    const account = { userType, name: email };
    const { owner, end } = await attempts.guard('code', account, address, async () => {
      // Before the change, which must not be made where nobody could say whose sessions end.
      const person = await users.findByEmail(userType, email);
      const all = { userId: person?.id ?? NOBODY, reason: 'PASSWORD_CHANGED' } as const;
      const confirmation = { email, userType, code, newPassword };
      const { end } = await endings.before(all, () => confirm(confirmation, person));
      if (person) return { owner: person, end };
      const late = await users.findByEmail(userType, email);
      const endLate = async () => {
        await end();
        if (late) await sessions.endAllOf(late.id, all.reason);
      };
      return { owner: late, end: endLate };
    });
    if (owner) await endAfterPasswordChange(end, () => endAtCognito(owner.id));
  };
}
