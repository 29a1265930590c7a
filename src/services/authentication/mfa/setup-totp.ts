import { AssociateSoftwareTokenCommand } from '@aws-sdk/client-cognito-identity-provider';

import type { ClientAddress } from '../../sessions/session.js';
import { openChallenge, sealChallenge } from '../challenge.js';
import type { AuthenticationDependencies } from '../dependencies.js';
import { unsupportedChallenge } from '../password-sign-in.js';
import type { IdentityProof, ProveIdentity } from '../prove-identity.js';
import type { Viewer } from '../viewer.js';
import { describeTotpSecret, type TotpSetup } from './totp-setup.js';

/** Begins the set-up of an authenticator; `confirmTotp` ends it, and until then nothing has changed. */
export interface SetupTotp {
  /** Where a sign-in asks for it: the challenge stands for the proof. */
  readonly inSignIn: (challenge: string) => Promise<TotpSetup>;
  /** For the viewer, who proves anew who they are. */
  readonly forViewer: (viewer: Viewer, proof: IdentityProof, address: ClientAddress) => Promise<TotpSetup>;
}

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AssociateSoftwareToken.html */
export function createSetupTotp(
  dependencies: Pick<AuthenticationDependencies, 'cognito' | 'sealer' | 'clock' | 'sessions' | 'totpIssuer'>,
  proveIdentity: ProveIdentity,
): SetupTotp {
  const { cognito, sealer, clock, totpIssuer: issuer } = dependencies;
  return {
    async inSignIn(text) {
      const { session, ...signIn } = await openChallenge(dependencies, text, 'mfa-setup');
      const { SecretCode, Session } = await cognito('answer-challenge', (client) =>
        client.send(new AssociateSoftwareTokenCommand({ Session: session })),
      );
      if (Session === undefined) throw unsupportedChallenge();
      const challenge = sealChallenge(sealer, clock, {
        ...signIn,
        step: 'totp-confirmation',
        session: Session,
      });
      return describeTotpSecret(SecretCode, { issuer, label: signIn.account, challenge });
    },

    async forViewer(viewer, proof, address) {
      const { email, id } = await proveIdentity(viewer, proof, address);
      const { SecretCode } = await cognito('totp', (client) =>
        client.send(new AssociateSoftwareTokenCommand({ AccessToken: viewer.accessToken })),
      );
      return describeTotpSecret(SecretCode, { issuer, label: email ?? id, challenge: null });
    },
  };
}
