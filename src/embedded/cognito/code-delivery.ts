import type { CodeDeliveryDetailsType } from '@aws-sdk/client-cognito-identity-provider';

import type { Logger } from '../../services/logger.js';
import { rootCause } from '../root-cause.js';
import { PHONE_NUMBER } from './attributes.js';
import { codeDeliveryFailure, noSmsRole } from './exceptions.js';
import { NOBODY, type Mailer, type Message, type MessageKind } from './mailer.js';
import type { CONTACT_OF } from './mfa-methods.js';
import { CODE_PLACEHOLDER } from './mfa-settings.js';
import type { UserPool } from './pool-settings.js';
import type { User } from './user-store.js';

const SUBJECTS: Record<MessageKind, string> = {
  CONFIRMATION: 'Your confirmation code',
  INVITATION: 'Your temporary password',
  MFA: 'Your authentication code',
  PASSWORD_RESET: 'Your password reset code',
  VERIFICATION: 'Your verification code',
};

/** Cognito's own words, for a pool that has none. */
const MFA_MESSAGE = `Your authentication code is ${CODE_PLACEHOLDER}.`;

export interface CodeDelivery {
  /**
   * Sends a code to an email address, or to a telephone number of the user's.
   * @throws CodeDeliveryFailureException, InvalidSmsRoleAccessPolicyException
   */
  deliver(
    user: Pick<User, 'username'>,
    to: string,
    kind: MessageKind,
    code: string,
  ): Promise<CodeDeliveryDetailsType>;
  /** Answers as `deliver` does, after the same work, and sends nothing to anybody. @throws as it does */
  pretend(to: string, kind: MessageKind, code: string): Promise<CodeDeliveryDetailsType>;
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
  const send = async (message: Message, carrier: Mailer | undefined) => {
    if (!carrier) throw noSmsRole();
    try {
      await carrier.deliver(message);
    } catch (error) {
      logger.warn({ err: rootCause(error), kind: message.kind }, 'A message could not be delivered.');
      throw codeDeliveryFailure();
    }
  };
  const carrierTo = (to: string) => (PHONE_NUMBER.test(to) ? texts : mailer);

  return {
    async deliver({ username }, to, kind, code) {
      const text = textOf(kind, username, code);
      await send({ to, kind, code, subject: SUBJECTS[kind], text }, carrierTo(to));
      return deliveryDetails(to);
    },

    async pretend(to, kind, code) {
      const text = textOf(kind, to, code);
      await send({ to: NOBODY, kind, code, subject: SUBJECTS[kind], text }, carrierTo(to));
      return deliveryDetails(to);
    },

    async deliverMfaCode(method, to, code, { settings }) {
      const { SmsMfaConfiguration: sms, EmailMfaConfiguration: mail } = settings;
      const template = method === 'SMS_MFA' ? sms?.SmsAuthenticationMessage : mail?.Message;
      const subject = method === 'SMS_MFA' ? '' : (mail?.Subject ?? SUBJECTS.MFA);
      const text = (template ?? MFA_MESSAGE).replaceAll(CODE_PLACEHOLDER, code);
      await send({ to, kind: 'MFA', code, subject, text }, carrierTo(to));
      return deliveryDetails(to);
    },
  };
}

/** Where a code went, or would have gone. */
export const deliveryDetails = (to: string): CodeDeliveryDetailsType =>
  PHONE_NUMBER.test(to)
    ? { Destination: maskPhoneNumber(to), DeliveryMedium: 'SMS', AttributeName: 'phone_number' }
    : { Destination: maskEmail(to), DeliveryMedium: 'EMAIL', AttributeName: 'email' };

/** `frida@example.com` as `f***@e***`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  const first = (text: string) => String.fromCodePoint(text.codePointAt(0) ?? 0x2a);
  return `${first(email.slice(0, Math.max(at, 0)))}***@${first(email.slice(at + 1))}***`;
}

/** `+15550101234` as `+*******1234`. */
export const maskPhoneNumber = (phoneNumber: string): string => phoneNumber.replace(/\d(?=\d{4})/g, '*');

function textOf(kind: MessageKind, username: string, code: string): string {
  switch (kind) {
    case 'INVITATION':
      return `Your username is ${username} and your temporary password is ${code}`;
    case 'CONFIRMATION':
      return `Your confirmation code is ${code}`;
    case 'MFA':
      return MFA_MESSAGE.replaceAll(CODE_PLACEHOLDER, code);
    case 'PASSWORD_RESET':
      return `Your password reset code is ${code}`;
    case 'VERIFICATION':
      return `Your verification code is ${code}`;
  }
}
