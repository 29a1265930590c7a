import { CodeField } from './field.js';
import { SubmitForm } from './submit-form.js';

export interface AuthenticatorSetupProps {
  /** Base32, for who cannot scan. */
  readonly secret: string;
  /** A `data:` URI of an image. */
  readonly qrCode: string;
  readonly onCode: (code: string) => Promise<void>;
}

/** Shows what an authenticator is set up with, and takes the first code that it shows. */
export function AuthenticatorSetup({ secret, qrCode, onCode }: AuthenticatorSetupProps) {
  return (
    <>
      <p>
        Scan this with an authenticator app on your telephone. It then shows a code that changes twice a
        minute.
      </p>
      <img className="qr" src={qrCode} alt="QR code for an authenticator" width="200" height="200" />
      <p className="quiet">
        Or type this key into it: <code className="secret">{secret.replace(/(.{4})(?=.)/g, '$1 ')}</code>
      </p>
      <SubmitForm label="Confirm" retry="code" onSubmit={(text) => onCode(text('code'))}>
        <CodeField hint="The six digits that the app shows now." />
      </SubmitForm>
    </>
  );
}
