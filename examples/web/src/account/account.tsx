import { useState } from 'react';

import { useClient } from '../graphql/client-context.js';
import {
  FinishAuthenticatorDocument,
  SetUpAuthenticatorDocument,
  type SetUpAuthenticatorMutation,
  type ViewerQuery,
} from '../operations/generated.js';
import { AuthenticatorSetup } from '../parts/authenticator-setup.js';
import { DoneNotice } from '../parts/done-notice.js';
import { Field } from '../parts/field.js';
import { SubmitForm } from '../parts/submit-form.js';

export interface AccountProps {
  readonly me: NonNullable<ViewerQuery['me']>;
  readonly onChange: () => Promise<void>;
}

/** Lets somebody set up an authenticator who has no second factor. */
export function Account({ me, onChange }: AccountProps) {
  const client = useClient();
  const [setup, setSetup] = useState<SetUpAuthenticatorMutation['setupTotp'] | null>(null);
  const [done, setDone] = useState<string | null>(null);
  const hasFactor = me.mfa !== null && me.mfa.enabled.length > 0;

  async function begin(text: (field: string) => string): Promise<void> {
    setSetup((await client(SetUpAuthenticatorDocument, { password: text('password') })).setupTotp);
  }
  async function confirm(code: string): Promise<void> {
    await client(FinishAuthenticatorDocument, { code });
    setSetup(null);
    await onChange();
    setDone('From now on, signing in takes a code of your authenticator.');
  }

  return (
    <section className="card" aria-labelledby="account">
      <h2 id="account">Second factor</h2>
      <DoneNotice text={done} />
      {setup !== null ? (
        <AuthenticatorSetup {...setup} onCode={confirm} />
      ) : hasFactor ? (
        <p>Your account is protected by a second factor.</p>
      ) : (
        <>
          <p>Protect your account with an authenticator app. It takes your password once more.</p>
          <SubmitForm label="Set up an authenticator" retry="password" onSubmit={begin}>
            {/* For password managers, which look for whose password it is. */}
            <input type="text" autoComplete="username" value={me.email ?? ''} readOnly hidden />
            <Field label="Password" name="password" type="password" autoComplete="current-password" />
          </SubmitForm>
        </>
      )}
    </section>
  );
}
