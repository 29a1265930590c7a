import { useClient } from '../graphql/client-context.js';
import { useAction } from '../graphql/use-action.js';
import { ChooseFactorDocument, type MfaMethod } from '../operations/generated.js';
import { FailureNotice } from '../parts/failure-notice.js';
import type { StepProps } from './step-props.js';

const LABELS: Readonly<Record<MfaMethod, string>> = {
  TOTP: 'Authenticator',
  SMS: 'Text message',
  EMAIL: 'Email',
};

/** Has people choose among the second factors that they have. */
export function FactorStep({ step, onNext }: StepProps<'MfaSelectionRequired'>) {
  const client = useClient();
  const { challenge, methods } = step;
  const { run, isRunning, failure } = useAction(async (method: MfaMethod) => {
    onNext((await client(ChooseFactorDocument, { challenge, method })).selectMfaMethod);
  });

  return (
    <>
      <h1>Second factor</h1>
      <p>Where is your code to come from?</p>
      <FailureNotice failure={failure} />
      <div className="stack">
        {methods.map((method) => (
          <button key={method} type="button" disabled={isRunning} onClick={() => void run(method)}>
            {LABELS[method]}
          </button>
        ))}
      </div>
    </>
  );
}
