import { useState } from 'react';

import { useClient } from '../graphql/client-context.js';
import { useAction } from '../graphql/use-action.js';
import {
  BeginAuthenticatorDocument,
  ConfirmAuthenticatorDocument,
  type BeginAuthenticatorMutation,
} from '../operations/generated.js';
import { AuthenticatorSetup } from '../parts/authenticator-setup.js';
import { FailureNotice } from '../parts/failure-notice.js';
import type { StepProps } from './step-props.js';

/** Has somebody set up an authenticator who needs one and has none. */
export function AuthenticatorStep({ step, onNext }: StepProps<'MfaSetupRequired'>) {
  const client = useClient();
  const [setup, setSetup] = useState<BeginAuthenticatorMutation['setupTotp'] | null>(null);
  // A mutation: it is for a button, not for the first look at this.
  const begin = useAction(async () => {
    setSetup((await client(BeginAuthenticatorDocument, { challenge: step.challenge })).setupTotp);
  });

  async function confirm(code: string): Promise<void> {
    const challenge = setup?.challenge ?? step.challenge;
    const { confirmTotp } = await client(ConfirmAuthenticatorDocument, { challenge, code });
    if (confirmTotp !== null) onNext(confirmTotp);
  }

  return (
    <>
      <h1>Set up an authenticator</h1>
      {setup === null ? (
        <>
          <p>Your account needs a second factor: an app that shows a code for each sign-in.</p>
          <FailureNotice failure={begin.failure} />
          <button
            type="button"
            className="primary"
            disabled={begin.isRunning}
            onClick={() => void begin.run()}
          >
            Show the QR code
          </button>
        </>
      ) : (
        <AuthenticatorSetup {...setup} onCode={confirm} />
      )}
    </>
  );
}
