import { badUserInput } from '../../../errors.js';
import { FACTOR_NAMES } from '../../cognito/mfa-names.js';
import type { ClientAddress } from '../../sessions/session.js';
import type { MfaMethod } from '../../users/user-store.js';
import { answerChallenge } from '../answer-challenge.js';
import { openChallenge } from '../challenge.js';
import type { ContinueSignIn } from '../continue-sign-in.js';
import type { AuthenticationDependencies } from '../dependencies.js';
import type { SignIn } from '../sign-in.js';

export interface MfaSelection {
  readonly challenge: string;
  readonly method: MfaMethod;
}

export type SelectMfaMethod = (selection: MfaSelection, address: ClientAddress) => Promise<SignIn>;

/** Chooses one of several factors; a code is sent where the factor is one of messages. */
export function createSelectMfaMethod(
  dependencies: Pick<AuthenticationDependencies, 'cognito' | 'pools' | 'sealer' | 'clock' | 'sessions'>,
  continueSignIn: ContinueSignIn,
): SelectMfaMethod {
  const { cognito, pools } = dependencies;
  return async ({ challenge: text, method }, address) => {
    const challenge = await openChallenge(dependencies, text, 'mfa-selection');
    const { userType, username, session, methods } = challenge;
    if (!methods.includes(method)) {
      throw badUserInput('The account has no such factor.', { argument: 'method', methods });
    }
    const answer = await answerChallenge(cognito, pools[userType], {
      name: 'SELECT_MFA_TYPE',
      session,
      username,
      responses: { ANSWER: FACTOR_NAMES[method] },
    });
    return continueSignIn(answer, challenge, address);
  };
}
