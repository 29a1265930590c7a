import type { InitiateAuthCommandOutput } from '@aws-sdk/client-cognito-identity-provider';

import { methodOf, methodsOf } from '../cognito/mfa-names.js';
import type { ClientAddress } from '../sessions/session.js';
import { sealChallenge, type Challenge, type ChallengeOf, type ChallengeStep } from './challenge.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { ownAttributeName, readMissingAttributes } from './new-password-attributes.js';
import type { OpenSession } from './open-session.js';
import { unsupportedChallenge } from './password-sign-in.js';
import type { SignIn } from './sign-in.js';

/** What Cognito answers to a step: tokens, or the next challenge. */
export type StepAnswer = Pick<
  InitiateAuthCommandOutput,
  'AuthenticationResult' | 'ChallengeName' | 'ChallengeParameters' | 'Session'
>;

/** What is known of a sign-in that goes on. */
export type SignInSoFar = Pick<
  Challenge,
  'userType' | 'account' | 'username' | 'mfaAuthenticated' | 'beganAt'
>;

export type ContinueSignIn = (
  answer: StepAnswer,
  soFar: SignInSoFar,
  address: ClientAddress,
) => Promise<SignIn>;

/** Opens a session of the tokens, or puts the next challenge into the client's hands. */
export function createContinueSignIn(
  { sealer, clock }: Pick<AuthenticationDependencies, 'sealer' | 'clock'>,
  openSession: OpenSession,
): ContinueSignIn {
  return async (answer, soFar, address) => {
    const { AuthenticationResult: result, ChallengeName, ChallengeParameters: asked = {}, Session } = answer;
    const { userType, account, username, mfaAuthenticated, beganAt } = soFar;
    if (result)
      return openSession({ result, userType, address, mfaAuthenticated, beganAt: new Date(beganAt) });
    if (Session === undefined) throw unsupportedChallenge();

    const seal = <Step extends ChallengeStep>(
      step: Omit<ChallengeOf<Step>, keyof SignInSoFar | 'decoy' | 'session'>,
    ) =>
      sealChallenge(sealer, clock, {
        ...step,
        decoy: false,
        userType,
        account,
        mfaAuthenticated,
        beganAt,
        username: asked.USER_ID_FOR_SRP ?? username,
        session: Session,
      } as Challenge);

    const method = methodOf(ChallengeName);
    if (method !== undefined) {
      const destination = asked.CODE_DELIVERY_DESTINATION ?? null;
      const challenge = seal<'mfa'>({ step: 'mfa', method });
      return { kind: 'mfa-required', challenge, methods: [method], destination };
    }
    switch (ChallengeName) {
      case 'NEW_PASSWORD_REQUIRED': {
        const missing = readMissingAttributes(asked.requiredAttributes);
        return {
          kind: 'new-password-required',
          challenge: seal<'new-password'>({ step: 'new-password', missingAttributes: missing }),
          missingAttributes: missing.map(ownAttributeName),
        };
      }
      case 'SELECT_MFA_TYPE': {
        const methods = methodsOf(asked.MFAS_CAN_CHOOSE);
        const challenge = seal<'mfa-selection'>({ step: 'mfa-selection', methods });
        return { kind: 'mfa-selection-required', challenge, methods };
      }
      case 'MFA_SETUP': {
        // An authenticator is what can be set up here; a pool that takes none leaves no way on.
        if (!methodsOf(asked.MFAS_CAN_SETUP).includes('TOTP')) throw unsupportedChallenge();
        const challenge = seal<'mfa-setup'>({ step: 'mfa-setup' });
        return { kind: 'mfa-setup-required', challenge, methods: ['TOTP'] };
      }
      default:
        throw unsupportedChallenge();
    }
  };
}
