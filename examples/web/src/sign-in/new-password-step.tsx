import { useClient } from '../graphql/client-context.js';
import { ChoosePasswordDocument } from '../operations/generated.js';
import { Field } from '../parts/field.js';
import { SubmitForm } from '../parts/submit-form.js';
import type { StepProps } from './step-props.js';

/** Replaces a temporary password, and asks for what else the account lacks. */
export function NewPasswordStep({ step, onNext }: StepProps<'NewPasswordRequired'>) {
  const client = useClient();
  const { challenge, missingAttributes } = step;

  async function choose(text: (field: string) => string): Promise<void> {
    const attributes = Object.fromEntries(missingAttributes.map((name) => [name, text(`attribute.${name}`)]));
    const variables = { challenge, newPassword: text('newPassword'), attributes };
    onNext((await client(ChoosePasswordDocument, variables)).completeNewPassword);
  }

  return (
    <>
      <h1>Choose a password</h1>
      <p>The one that you signed in with was temporary.</p>
      <SubmitForm label="Go on" retry="newPassword" onSubmit={choose}>
        <Field
          label="New password"
          name="newPassword"
          type="password"
          autoComplete="new-password"
          autoFocus
        />
        {missingAttributes.map((name) => (
          <Field key={name} label={name.replaceAll('_', ' ')} name={`attribute.${name}`} />
        ))}
      </SubmitForm>
    </>
  );
}
