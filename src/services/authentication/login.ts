import { normalizeEmail } from '../users/email-address.js';
import { requirePassword } from '../users/input-bounds.js';
import type { ClientAddress } from '../sessions/session.js';
import type { UserType } from '../users/user-store.js';
import { sealChallenge } from './challenge.js';
import type { ContinueSignIn } from './continue-sign-in.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { isCaught } from './honeypot.js';
import { initiatePasswordAuth } from './password-sign-in.js';
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

/** Signs in by password, or says what is needed next. */
export function createLogin(
  dependencies: Pick<
    AuthenticationDependencies,
    'cognito' | 'pools' | 'attempts' | 'sealer' | 'clock' | 'randomness'
  >,
  continueSignIn: ContinueSignIn,
): Login {
  const { cognito, pools, attempts, sealer, clock, randomness } = dependencies;

  const decoy = (userType: UserType, username: string): NewPasswordRequired => ({
    kind: 'new-password-required',
    challenge: sealChallenge(sealer, clock, {
      step: 'new-password',
      decoy: true,
      userType,
      account: username,
      username,
      mfaAuthenticated: false,
      beganAt: clock.now().getTime(),
      session: randomness.bytes(DECOY_SESSION_BYTES).toString('base64url'),
      missingAttributes: [],
    }),
    missingAttributes: [],
  });

  return async ({ email, password, userType, website }, address) => {
    const username = normalizeEmail(email);
    const tried = requirePassword(password);
    const beganAt = clock.now().getTime();
    if (isCaught(website)) return decoy(userType, username);

    const output = await attempts.guard('password', { userType, name: username }, address, () =>
      initiatePasswordAuth(cognito, pools[userType], username, tried),
    );
    return continueSignIn(
      output,
      { userType, account: username, username, mfaAuthenticated: false, beganAt },
      address,
    );
  };
}
