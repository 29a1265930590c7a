import type { CodeDeliveryDetailsType } from '@aws-sdk/client-cognito-identity-provider';

import type { Logger } from '../../services/logger.js';
import { rootCause } from '../root-cause.js';
import { codeDeliveryFailure } from './exceptions.js';
import type { Mailer, MessageKind } from './mailer.js';
import type { User } from './user-store.js';

const SUBJECTS: Record<MessageKind, string> = {
  CONFIRMATION: 'Your confirmation code',
  INVITATION: 'Your temporary password',
  VERIFICATION: 'Your verification code',
};

export interface CodeDelivery {
  /**
   * Sends a code to the user's email address.
   * @throws CodeDeliveryFailureException
   */
  deliver(
    user: Pick<User, 'username'>,
    email: string,
    kind: MessageKind,
    code: string,
  ): Promise<CodeDeliveryDetailsType>;
}

export function createCodeDelivery({
  mailer,
  logger,
}: {
  mailer: Mailer;
  logger: Pick<Logger, 'warn'>;
}): CodeDelivery {
  return {
    async deliver({ username }, email, kind, code) {
      const message = { to: email, kind, code, subject: SUBJECTS[kind], text: textOf(kind, username, code) };
      try {
        await mailer.deliver(message);
      } catch (error) {
        logger.warn({ err: rootCause(error), kind }, 'A message could not be delivered.');
        throw codeDeliveryFailure();
      }
      return deliveryDetails(email);
    },
  };
}

/** Where a code went, or would have gone. */
export const deliveryDetails = (email: string): CodeDeliveryDetailsType => ({
  Destination: maskEmail(email),
  DeliveryMedium: 'EMAIL',
  AttributeName: 'email',
});

/** `frida@example.com` as `f***@e***`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  const first = (text: string) => String.fromCodePoint(text.codePointAt(0) ?? 0x2a);
  return `${first(email.slice(0, Math.max(at, 0)))}***@${first(email.slice(at + 1))}***`;
}

const textOf = (kind: MessageKind, username: string, code: string) =>
  kind === 'INVITATION'
    ? `Your username is ${username} and your temporary password is ${code}`
    : `Your ${kind === 'CONFIRMATION' ? 'confirmation' : 'verification'} code is ${code}`;
