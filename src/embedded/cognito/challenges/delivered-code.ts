import type { z } from 'zod';

import { isCodeOf } from '../challenge-store.js';
import { invalidSession, wrongDeliveredCode } from '../exceptions.js';
import { text } from '../input.js';
import { CONTACT_OF } from '../mfa-methods.js';
import { completeSignIn, type SignInAnswer } from '../sign-in.js';
import {
  answerTo,
  type AnswerChallenge,
  type ChallengeServices,
  type ChallengeState,
} from './challenge-answer.js';

const code = text(2048, 1);

export const smsAnswer = answerTo('SMS_MFA', { SMS_MFA_CODE: code });
export const emailAnswer = answerTo('EMAIL_OTP', { EMAIL_OTP_CODE: code });

type SmsResponses = z.output<typeof smsAnswer>['ChallengeResponses'];
type EmailResponses = z.output<typeof emailAnswer>['ChallengeResponses'];

/** Takes the code that was sent to a telephone. */
export const answerSms: AnswerChallenge<SmsResponses> = (services, state, { SMS_MFA_CODE }) =>
  takeCode(services, state, 'SMS_MFA', SMS_MFA_CODE);

/** Takes the code that was sent to an email address. */
export const answerEmail: AnswerChallenge<EmailResponses> = (services, state, { EMAIL_OTP_CODE }) =>
  takeCode(services, state, 'EMAIL_OTP', EMAIL_OTP_CODE);

async function takeCode(
  services: ChallengeServices,
  { pool, client, user, challenge }: ChallengeState,
  method: keyof typeof CONTACT_OF,
  given: string,
): Promise<SignInAnswer> {
  const { challenges, clock, users } = services;
  await challenges.countTry(challenge);
  if (!isCodeOf(challenge, given)) throw wrongDeliveredCode();
  if (!(await challenges.close(challenge))) throw invalidSession();
  const verified = `${CONTACT_OF[method]}_verified`;
  // Who has read the code has shown that they read what is sent there. A name that somebody else has is left to them.
  const shown =
    user.attributes[verified] === 'true'
      ? user
      : await users.updateAttributes(pool, user, { [verified]: 'true' }, clock.now());
  return {
    AuthenticationResult: await completeSignIn(services, shown ?? user, client),
    ChallengeParameters: {},
  };
}
