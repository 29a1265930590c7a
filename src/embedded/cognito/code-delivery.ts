import type { CodeDeliveryDetailsType } from '@aws-sdk/client-cognito-identity-provider';

import type { Logger } from '../../services/logger.js';
import { rootCause } from '../root-cause.js';
import { codeDeliveryFailure, noSmsRole } from './exceptions.js';
import type { Mailer, Message, MessageKind } from './mailer.js';
import { CONTACT_OF } from './mfa-methods.js';
import { CODE_PLACEHOLDER } from './mfa-settings.js';
import type { UserPool } from './pool-settings.js';
import type { User } from './user-store.js';

const SUBJECTS: Record<MessageKind, string> = {
  CONFIRMATION: 'Your confirmation code',
  INVITATION: 'Your temporary password',
  MFA: 'Your authentication code',
  VERIFICATION: 'Your verification code',
};

/** Cognito's own words, for a pool that has none. */
const MFA_MESSAGE = `Your authentication code is ${CODE_PLACEHOLDER}.`;

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
  /**
   * Sends the code of a second factor to an email address or a telephone number, in the words of the pool.
   * @throws CodeDeliveryFailureException, InvalidSmsRoleAccessPolicyException
   */
  deliverMfaCode(
    method: keyof typeof CONTACT_OF,
    to: string,
    code: string,
    pool: Pick<UserPool, 'settings'>,
  ): Promise<CodeDeliveryDetailsType>;
}

export function createCodeDelivery({
  mailer,
  texts,
  logger,
}: {
  mailer: Mailer;
  /** What carries text messages, where there is something. */
  texts?: Mailer;
  logger: Pick<Logger, 'warn'>;
}): CodeDelivery {
  const send = async (carrier: Mailer, message: Message) => {
    try {
      await carrier.deliver(message);
    } catch (error) {
      logger.warn({ err: rootCause(error), kind: message.kind }, 'A message could not be delivered.');
      throw codeDeliveryFailure();
    }
  };

  return {
    async deliver({ username }, email, kind, code) {
      const text = textOf(kind, username, code);
      await send(mailer, { to: email, kind, code, subject: SUBJECTS[kind], text });
      return deliveryDetails(email);
    },

    async deliverMfaCode(method, to, code, { settings }) {
      const { SmsMfaConfiguration: sms, EmailMfaConfiguration: mail } = settings;
      const template = method === 'SMS_MFA' ? sms?.SmsAuthenticationMessage : mail?.Message;
      const text = (template ?? MFA_MESSAGE).replaceAll(CODE_PLACEHOLDER, code);
      if (method === 'EMAIL_OTP') {
        await send(mailer, { to, kind: 'MFA', code, subject: mail?.Subject ?? SUBJECTS.MFA, text });
        return deliveryDetails(to);
      }
      if (!texts) throw noSmsRole();
      await send(texts, { to, kind: 'MFA', code, subject: '', text });
      return { Destination: maskPhoneNumber(to), DeliveryMedium: 'SMS', AttributeName: CONTACT_OF[method] };
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

/** `+15550101234` as `+*******1234`. */
export const maskPhoneNumber = (phoneNumber: string): string => phoneNumber.replace(/\d(?=\d{4})/g, '*');

const textOf = (kind: MessageKind, username: string, code: string) =>
  kind === 'INVITATION'
    ? `Your username is ${username} and your temporary password is ${code}`
    : `Your ${kind === 'CONFIRMATION' ? 'confirmation' : 'verification'} code is ${code}`;
