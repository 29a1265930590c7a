import type { z } from 'zod';

import { invalidSession } from '../exceptions.js';
import { text } from '../input.js';
import { completeSignIn } from '../sign-in.js';
import { answerTo, type AnswerChallenge } from './challenge-answer.js';

export const softwareTokenAnswer = answerTo('SOFTWARE_TOKEN_MFA', {
  SOFTWARE_TOKEN_MFA_CODE: text(2048, 1),
});

type Responses = z.output<typeof softwareTokenAnswer>['ChallengeResponses'];

/** Takes the code that an authenticator shows. */
export const answerSoftwareToken: AnswerChallenge<Responses> = async (
  services,
  { client, user, challenge },
  { SOFTWARE_TOKEN_MFA_CODE },
) => {
  const { challenges, softwareTokens } = services;
  await challenges.countTry(challenge);
  await softwareTokens.redeem(user, SOFTWARE_TOKEN_MFA_CODE);
  if (!(await challenges.close(challenge))) throw invalidSession();
  return { AuthenticationResult: await completeSignIn(services, user, client), ChallengeParameters: {} };
};
