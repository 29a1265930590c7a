import { z } from 'zod';

import { invalidParameter, invalidSession } from '../exceptions.js';
import { askFor } from '../mfa-challenge.js';
import { methodsOf } from '../mfa-methods.js';
import { answerTo, type AnswerChallenge } from './challenge-answer.js';

export const selectMfaTypeAnswer = answerTo('SELECT_MFA_TYPE', {
  ANSWER: z.enum(['SMS_MFA', 'SOFTWARE_TOKEN_MFA', 'EMAIL_OTP']),
});

type Responses = z.output<typeof selectMfaTypeAnswer>['ChallengeResponses'];

/** Goes on with the second factor of somebody's choice. */
export const answerSelectMfaType: AnswerChallenge<Responses> = async (
  services,
  state,
  { ANSWER: method },
) => {
  if (!methodsOf(state.pool, state.user).includes(method)) {
    throw invalidParameter('Invalid MFA type given as an answer.');
  }
  if (!(await services.challenges.close(state.challenge))) throw invalidSession();
  return askFor(services, state, method);
};
