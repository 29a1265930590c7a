import { useState } from 'react';

import type { SignInStepFragment } from '../operations/generated.js';
import { Brand } from '../parts/brand.js';
import { browserSession } from '../session/browser-session.js';
import { AuthenticatorStep } from './authenticator-step.js';
import { CodeStep } from './code-step.js';
import { FactorStep } from './factor-step.js';
import { NewPasswordStep } from './new-password-step.js';
import { PasswordStep } from './password-step.js';

/** Leads through a sign-in, whose every step may be followed by any other, until there are tokens. */
export function SignIn({ notice }: { readonly notice: string | null }) {
  const [step, setStep] = useState<SignInStepFragment | null>(null);

  function goOn(next: SignInStepFragment): void {
    if (next.__typename !== 'Authenticated') return setStep(next);
    const { session, accessToken, refreshToken } = next;
    // A sign-in has one; without it, the session ends with its access token.
    browserSession.begin({ id: session.id, accessToken, refreshToken: refreshToken ?? '' });
  }

  return (
    <main className="entrance">
      <Brand />
      <div className="narrow card">
        {step === null && notice !== null && (
          <p role="status" className="notice">
            {notice}
          </p>
        )}
        <Step step={step} onNext={goOn} />
        {step !== null && (
          <button type="button" className="link" onClick={() => setStep(null)}>
            Start again
          </button>
        )}
      </div>
    </main>
  );
}

interface AnyStepProps {
  readonly step: SignInStepFragment | null;
  readonly onNext: (next: SignInStepFragment) => void;
}

function Step({ step, onNext }: AnyStepProps) {
  if (step === null) return <PasswordStep onNext={onNext} />;
  switch (step.__typename) {
    case 'MfaRequired':
      return <CodeStep key={step.challenge} step={step} onNext={onNext} />;
    case 'MfaSelectionRequired':
      return <FactorStep step={step} onNext={onNext} />;
    case 'MfaSetupRequired':
      return <AuthenticatorStep step={step} onNext={onNext} />;
    case 'NewPasswordRequired':
      return <NewPasswordStep step={step} onNext={onNext} />;
    case 'Authenticated':
      return <p role="status">Signed in.</p>;
  }
}
