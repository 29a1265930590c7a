import {
  VerifySoftwareTokenCommand,
  type VerifySoftwareTokenCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';

import { badUserInput, PortcullisError } from '../../../errors.js';
import type { ClientAddress } from '../../sessions/session.js';
import { accountOf } from '../account.js';
import { answerChallenge } from '../answer-challenge.js';
import { openChallenge } from '../challenge.js';
import { requireTotpCode } from '../code-input.js';
import type { ContinueSignIn } from '../continue-sign-in.js';
import type { AuthenticationDependencies } from '../dependencies.js';
import { unsupportedChallenge } from '../password-sign-in.js';
import type { SignIn } from '../sign-in.js';
import type { Viewer } from '../viewer.js';

export interface TotpConfirmation {
  readonly code: string;
  /** What the person calls their authenticator; null for no name. */
  readonly deviceName: string | null;
}

/** Ends the set-up of an authenticator with the first code that it shows. CODE_MISMATCH for a wrong one. */
export interface ConfirmTotp {
  /** Goes on with the sign-in that asked for it. */
  readonly inSignIn: (
    challenge: string,
    confirmation: TotpConfirmation,
    address: ClientAddress,
  ) => Promise<SignIn>;
  /** From now on the authenticator is what the viewer's sign-ins ask for first. */
  readonly forViewer: (
    viewer: Viewer,
    confirmation: TotpConfirmation,
    address: ClientAddress,
  ) => Promise<void>;
}

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_VerifySoftwareToken.html */
export function createConfirmTotp(
  dependencies: Pick<
    AuthenticationDependencies,
    'cognito' | 'pools' | 'users' | 'sealer' | 'clock' | 'sessions' | 'attempts'
  >,
  continueSignIn: ContinueSignIn,
): ConfirmTotp {
  const { cognito, pools, users, attempts } = dependencies;
  const verify = async (
    bearer: Pick<VerifySoftwareTokenCommandInput, 'AccessToken' | 'Session'>,
    { code, deviceName }: TotpConfirmation,
  ) => {
    const output = await cognito(bearer.Session === undefined ? 'totp' : 'answer-challenge', (client) =>
      client.send(
        new VerifySoftwareTokenCommand({
          ...bearer,
          UserCode: code,
          ...(deviceName !== null && { FriendlyDeviceName: deviceName }),
        }),
      ),
    );
    // Cognito has an error for a wrong code, and a status too.
    if (output.Status !== 'SUCCESS') throw new PortcullisError('CODE_MISMATCH', 'The code is wrong.');
    return output;
  };

  return {
    async inSignIn(text, confirmation, address) {
      const challenge = await openChallenge(dependencies, text, 'totp-confirmation');
      const { userType, account, username, session } = challenge;
      const typed = readConfirmation(confirmation);
      const { Session } = await attempts.guard('code', { userType, name: account }, address, () =>
        verify({ Session: session }, typed),
      );
      if (Session === undefined) throw unsupportedChallenge();
      const answer = await answerChallenge(cognito, pools[userType], {
        name: 'MFA_SETUP',
        session: Session,
        username,
      });
      return continueSignIn(answer, { ...challenge, mfaAuthenticated: true }, address);
    },

    async forViewer(viewer, confirmation, address) {
      const typed = readConfirmation(confirmation);
      const account = accountOf(viewer, await users.find(viewer.userId));
      await attempts.guard('code', account, address, () =>
        verify({ AccessToken: viewer.accessToken }, typed),
      );
      await users.changeMfa(viewer.userId, ({ enabled }) => ({
        enabled: [...new Set([...enabled, 'TOTP' as const])],
        preferred: 'TOTP',
      }));
    },
  };
}

const MAX_DEVICE_NAME_LENGTH = 256;
const UNFIT = /[\p{Cc}\p{Surrogate}]/u;

function readConfirmation({ code, deviceName }: TotpConfirmation): TotpConfirmation {
  const name = deviceName?.trim() || null;
  if (name !== null && (name.length > MAX_DEVICE_NAME_LENGTH || UNFIT.test(name))) {
    const rule = `A device name has at most ${MAX_DEVICE_NAME_LENGTH} characters and no control characters.`;
    throw badUserInput(rule, { argument: 'deviceName' });
  }
  return { code: requireTotpCode(code), deviceName: name };
}
