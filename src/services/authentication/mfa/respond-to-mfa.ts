import { badUserInput } from '../../../errors.js';
import { CODE_NAMES, FACTOR_NAMES } from '../../cognito/mfa-names.js';
import type { ClientAddress } from '../../sessions/session.js';
import type { MfaMethod } from '../../users/user-store.js';
import { answerChallenge } from '../answer-challenge.js';
import { openChallenge } from '../challenge.js';
import { requireFactorCode } from '../code-input.js';
import type { ContinueSignIn } from '../continue-sign-in.js';
import type { AuthenticationDependencies } from '../dependencies.js';
import type { SignIn } from '../sign-in.js';

export interface MfaAnswer {
  readonly challenge: string;
  readonly method: MfaMethod;
  readonly code: string;
}

export type RespondToMfa = (answer: MfaAnswer, address: ClientAddress) => Promise<SignIn>;

/**
 * Brings the code of a second factor. CODE_MISMATCH for a wrong one, which counts against the account; CODE_EXPIRED where the
 * challenge is too old or used, and for a code of an authenticator that has signed in already (RFC 6238, 5.2).
 */
export function createRespondToMfa(
  dependencies: Pick<
    AuthenticationDependencies,
    'cognito' | 'pools' | 'sealer' | 'clock' | 'sessions' | 'attempts'
  >,
  continueSignIn: ContinueSignIn,
): RespondToMfa {
  const { cognito, pools, attempts } = dependencies;
  return async ({ challenge: text, method, code }, address) => {
    const challenge = await openChallenge(dependencies, text, 'mfa');
    const { userType, account, username, session } = challenge;
    if (method !== challenge.method) {
      const { method: expected } = challenge;
      throw badUserInput('The challenge asks for another factor.', { argument: 'method', expected });
    }
    const typed = requireFactorCode(method, code);
    const answer = await attempts.guard('code', { userType, name: account }, address, () =>
      answerChallenge(cognito, pools[userType], {
        name: FACTOR_NAMES[method],
        session,
        username,
        responses: { [CODE_NAMES[method]]: typed },
      }),
    );
    return continueSignIn(answer, { ...challenge, mfaAuthenticated: true }, address);
  };
}
