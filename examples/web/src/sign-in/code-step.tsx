import { useClient } from '../graphql/client-context.js';
import { BringCodeDocument } from '../operations/generated.js';
import { CodeField } from '../parts/field.js';
import { SubmitForm } from '../parts/submit-form.js';
import type { StepProps } from './step-props.js';

/** Asks for the code of a second factor. */
export function CodeStep({ step, onNext }: StepProps<'MfaRequired'>) {
  const client = useClient();
  const { challenge, methods, destination } = step;
  const [method = 'TOTP'] = methods;

  async function bring(text: (field: string) => string): Promise<void> {
    onNext((await client(BringCodeDocument, { challenge, code: text('code'), method })).respondToMfa);
  }

  return (
    <>
      <h1>Second factor</h1>
      <SubmitForm label="Go on" retry="code" onSubmit={bring}>
        <CodeField
          hint={
            destination === null ? 'The six digits that your authenticator shows.' : `Sent to ${destination}.`
          }
        />
      </SubmitForm>
    </>
  );
}
