/** Why a message is sent: to confirm a sign-up, to invite somebody, to sign in, to verify a changed address. */
export type MessageKind = 'CONFIRMATION' | 'INVITATION' | 'MFA' | 'VERIFICATION';

export interface Message {
  /** An email address, or a telephone number where the message is a text message. */
  readonly to: string;
  readonly kind: MessageKind;
  /** The code, or an invitation's temporary password. */
  readonly code: string;
  readonly subject: string;
  /** Plain text, with the code in it. */
  readonly text: string;
}

/** Carries messages to people. */
export interface Mailer {
  /** Resolves once the message is handed over, rejects where it could not be. */
  deliver(message: Message): Promise<void>;
}
