import type { ClientAddress } from '../sessions/session.js';
import { answerChallenge } from './answer-challenge.js';
import { requireRunning, unsealChallenge } from './challenge.js';
import type { ContinueSignIn } from './continue-sign-in.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { attributeResponses } from './new-password-attributes.js';
import type { SignIn } from './sign-in.js';

export interface NewPasswordInput {
  readonly challenge: string;
  readonly newPassword: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export type CompleteNewPassword = (input: NewPasswordInput, address: ClientAddress) => Promise<SignIn>;

/** Replaces a temporary password and goes on with the sign-in. */
export function createCompleteNewPassword(
  dependencies: Pick<
    AuthenticationDependencies,
    'cognito' | 'pools' | 'sealer' | 'clock' | 'sessions' | 'passwordRules'
  >,
  continueSignIn: ContinueSignIn,
): CompleteNewPassword {
  const { cognito, pools, sealer, passwordRules } = dependencies;
  return async ({ challenge: text, newPassword, attributes }, address) => {
    const challenge = unsealChallenge(sealer, text, 'new-password');
    const { userType, username, session, missingAttributes } = challenge;
    const chosen = await passwordRules.requireAcceptable(newPassword, userType, 'newPassword');
    const responses = attributeResponses(missingAttributes, attributes);
    // Only now, so that what was made up for a machine is judged like any other.
    await requireRunning(dependencies, challenge);
    const answer = await answerChallenge(cognito, pools[userType], {
      name: 'NEW_PASSWORD_REQUIRED',
      session,
      username,
      responses: { ...responses, NEW_PASSWORD: chosen },
    });
    return continueSignIn(answer, challenge, address);
  };
}
