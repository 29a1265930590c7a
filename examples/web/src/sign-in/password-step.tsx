import { useClient } from '../graphql/client-context.js';
import { SignInDocument, type SignInStepFragment, type UserType } from '../operations/generated.js';
import { Field } from '../parts/field.js';
import { SubmitForm } from '../parts/submit-form.js';

const KINDS: readonly { readonly userType: UserType; readonly label: string }[] = [
  { userType: 'END_USER', label: 'Member' },
  { userType: 'ADMIN', label: 'Administrator' },
];

/** The two kinds of people live in pools of their own: an address may be in both, so people say which they mean. */
export function PasswordStep({ onNext }: { readonly onNext: (next: SignInStepFragment) => void }) {
  const client = useClient();

  async function signIn(text: (field: string) => string): Promise<void> {
    const { login } = await client(SignInDocument, {
      email: text('email'),
      password: text('password'),
      userType: text('userType') === 'ADMIN' ? 'ADMIN' : 'END_USER',
    });
    onNext(login);
  }

  return (
    <>
      <h1>Sign in</h1>
      <SubmitForm label="Sign in" retry="password" onSubmit={signIn}>
        <Field label="Email address" name="email" type="email" autoComplete="username" autoFocus />
        <Field label="Password" name="password" type="password" autoComplete="current-password" />
        <fieldset className="choice">
          <legend>Sign in as</legend>
          {KINDS.map(({ userType, label }) => (
            <label key={userType}>
              <input type="radio" name="userType" value={userType} defaultChecked={userType === 'END_USER'} />
              {label}
            </label>
          ))}
        </fieldset>
      </SubmitForm>
    </>
  );
}
