/** Why a message is sent: to confirm a sign-up, to invite somebody, to verify a changed address. */
export type MessageKind = 'CONFIRMATION' | 'INVITATION' | 'VERIFICATION';

export interface Message {
  /** An email address. */
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
