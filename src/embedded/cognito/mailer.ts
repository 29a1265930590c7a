/** Why a message is sent: to confirm a sign-up, to invite somebody, to sign in, to choose a new password, to verify a contact. */
export type MessageKind = 'CONFIRMATION' | 'INVITATION' | 'MFA' | 'PASSWORD_RESET' | 'VERIFICATION';

/**
 * Whoever gets the messages that seem to be sent. They are written down as others are, so that they take as long, and
 * then nothing comes of them.
 */
export const NOBODY = '';

export interface Message {
  /** An email address, or a telephone number where the message is a text message; or NOBODY. */
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
