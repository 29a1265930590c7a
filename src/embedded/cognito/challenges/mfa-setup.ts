import type { z } from 'zod';

import { invalidSession } from '../exceptions.js';
import { completeSignIn } from '../sign-in.js';
import { answerTo, type AnswerChallenge } from './challenge-answer.js';

export const mfaSetupAnswer = answerTo('MFA_SETUP', {});

type Responses = z.output<typeof mfaSetupAnswer>['ChallengeResponses'];

/** Ends the sign-in of somebody who has set up an authenticator on the way: the Session is VerifySoftwareToken's. */
export const answerMfaSetup: AnswerChallenge<Responses> = async (services, { client, user, challenge }) => {
  if (!(await services.challenges.close(challenge))) throw invalidSession();
  return { AuthenticationResult: await completeSignIn(services, user, client), ChallengeParameters: {} };
};
