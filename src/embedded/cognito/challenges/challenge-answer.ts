import { z } from 'zod';

import type { Challenge } from '../challenge-store.js';
import { clientId, secretHash, text, username } from '../input.js';
import type { MfaServices, SignInState } from '../mfa-challenge.js';
import type { CognitoServices } from '../services.js';
import type { SignInAnswer } from '../sign-in.js';

/** The input of RespondToAuthChallenge for one challenge, with the responses that it needs. */
export const answerTo = <Name extends string, Responses extends z.ZodRawShape>(
  name: Name,
  responses: Responses,
) =>
  z.object({
    ClientId: clientId,
    ChallengeName: z.literal(name),
    Session: text(2048, 20),
    ChallengeResponses: z
      .object({ USERNAME: username, SECRET_HASH: secretHash, ...responses })
      .catchall(text(2048)),
  });

/** Where somebody stands who answers: whose sign-in, and which challenge of theirs, that is open. */
export interface ChallengeState extends SignInState {
  readonly challenge: Challenge;
}

export type ChallengeServices = MfaServices &
  Pick<CognitoServices, 'clock' | 'hashPassword' | 'passwordHistory' | 'users'>;

/** Judges an answer: tokens, or the next challenge. */
export type AnswerChallenge<Responses> = (
  services: ChallengeServices,
  state: ChallengeState,
  responses: Responses,
) => Promise<SignInAnswer>;
