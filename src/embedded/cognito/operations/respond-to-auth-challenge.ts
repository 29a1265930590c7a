import type {
  RespondToAuthChallengeCommandInput,
  RespondToAuthChallengeCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import type { ChallengeName } from '../challenge-store.js';
import type { ChallengeServices, ChallengeState } from '../challenges/challenge-answer.js';
import { answerEmail, answerSms, emailAnswer, smsAnswer } from '../challenges/delivered-code.js';
import { answerMfaSetup, mfaSetupAnswer } from '../challenges/mfa-setup.js';
import { answerNewPassword, newPasswordAnswer } from '../challenges/new-password.js';
import { answerSelectMfaType, selectMfaTypeAnswer } from '../challenges/select-mfa-type.js';
import { answerSoftwareToken, softwareTokenAnswer } from '../challenges/software-token.js';
import { assertSecretHash } from '../client-authentication.js';
import { invalidSession, passwordResetRequired, userDisabled } from '../exceptions.js';
import { validated } from '../input.js';
import type { CognitoServices } from '../services.js';

const input = z.discriminatedUnion('ChallengeName', [
  newPasswordAnswer,
  softwareTokenAnswer,
  smsAnswer,
  emailAnswer,
  selectMfaTypeAnswer,
  mfaSetupAnswer,
]);

type Call = z.output<typeof input>;
type Services = ChallengeServices & Pick<CognitoServices, 'clients' | 'pools'>;

/** Answers the challenge that stands between somebody and their tokens. */
export const createRespondToAuthChallenge = (
  services: Services,
): OperationHandler<RespondToAuthChallengeCommandInput, RespondToAuthChallengeCommandOutput> =>
  validated(input, async (call) => {
    const state = await findChallenge(services, call);
    switch (call.ChallengeName) {
      case 'NEW_PASSWORD_REQUIRED':
        return answerNewPassword(services, state, call.ChallengeResponses);
      case 'SOFTWARE_TOKEN_MFA':
        return answerSoftwareToken(services, state, call.ChallengeResponses);
      case 'SMS_MFA':
        return answerSms(services, state, call.ChallengeResponses);
      case 'EMAIL_OTP':
        return answerEmail(services, state, call.ChallengeResponses);
      case 'SELECT_MFA_TYPE':
        return answerSelectMfaType(services, state, call.ChallengeResponses);
      case 'MFA_SETUP':
        return answerMfaSetup(services, state, call.ChallengeResponses);
    }
  });

/**
 * The open challenge that is answered: of this very user, client and kind.
 * @throws NotAuthorizedException, PasswordResetRequiredException
 */
async function findChallenge(
  { challenges, clients, pools, users }: Services,
  { ClientId, ChallengeName, Session, ChallengeResponses }: Call,
): Promise<ChallengeState> {
  const client = await clients.get(ClientId);
  const { USERNAME, SECRET_HASH } = ChallengeResponses;
  assertSecretHash(client, [USERNAME], SECRET_HASH);
  const pool = await pools.get(client.poolId);
  const challenge = await challenges.get(Session);
  const user = await users.find(pool, USERNAME);
  const isTheirs =
    user !== undefined &&
    challenge.poolId === user.poolId &&
    challenge.sub === user.sub &&
    challenge.clientId === client.id &&
    challenge.name === keptName(ChallengeName);
  if (!isTheirs) throw invalidSession();
  if (!user.enabled) throw userDisabled();
  if (user.status === 'RESET_REQUIRED') throw passwordResetRequired();
  return { pool, client, user, challenge };
}

/** Whoever answers MFA_SETUP has set something up. */
const keptName = (name: Call['ChallengeName']): ChallengeName =>
  name === 'MFA_SETUP' ? 'MFA_SETUP_VERIFIED' : name;
