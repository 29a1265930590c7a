import { normalizeEmail } from '../users/email-address.js';
import { requirePassword } from '../users/input-bounds.js';
import type { ClientAddress } from '../sessions/session.js';
import type { UserType } from '../users/user-store.js';
import { sealChallenge } from './challenge.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { isCaught } from './honeypot.js';
import { ownAttributeName, readMissingAttributes } from './new-password-attributes.js';
import type { OpenSession } from './open-session.js';
import { initiatePasswordAuth, unsupportedChallenge } from './password-sign-in.js';
import type { NewPasswordRequired, SignIn } from './sign-in.js';

export interface LoginInput {
  readonly email: string;
  readonly password: string;
  readonly userType: UserType;
  /** The honeypot. */
  readonly website?: string | null | undefined;
}

export type Login = (input: LoginInput, address: ClientAddress) => Promise<SignIn>;

/** About as long as Cognito's, so that a challenge that leads nowhere looks like one that leads on. */
const DECOY_SESSION_BYTES = 720;

/** Signs in by password, or says that a new one has to be chosen. */
export function createLogin(
  dependencies: Pick<
    AuthenticationDependencies,
    'cognito' | 'pools' | 'attempts' | 'sealer' | 'clock' | 'randomness'
  >,
  openSession: OpenSession,
): Login {
  const { cognito, pools, attempts, sealer, clock, randomness } = dependencies;

  const decoy = (userType: UserType, username: string): NewPasswordRequired => ({
    kind: 'new-password-required',
    challenge: sealChallenge(sealer, clock, {
      decoy: true,
      userType,
      username,
      session: randomness.bytes(DECOY_SESSION_BYTES).toString('base64url'),
      missingAttributes: [],
    }),
    missingAttributes: [],
  });

  return async ({ email, password, userType, website }, address) => {
    const username = normalizeEmail(email);
    requirePassword(password);
    if (isCaught(website)) return decoy(userType, username);

    const output = await attempts.guard('password', { userType, name: username }, address, () =>
      initiatePasswordAuth(cognito, pools[userType], username, password),
    );
    const { AuthenticationResult: result, ChallengeName, ChallengeParameters = {}, Session } = output;
    if (result) return openSession({ result, userType, address, mfaAuthenticated: false });
    if (ChallengeName !== 'NEW_PASSWORD_REQUIRED' || Session === undefined) throw unsupportedChallenge();

    const missing = readMissingAttributes(ChallengeParameters.requiredAttributes);
    const challenge = sealChallenge(sealer, clock, {
      decoy: false,
      userType,
      username: ChallengeParameters.USER_ID_FOR_SRP ?? username,
      session: Session,
      missingAttributes: missing,
    });
    return {
      kind: 'new-password-required',
      challenge,
      missingAttributes: missing.map(ownAttributeName),
    };
  };
}
