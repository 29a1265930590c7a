import {
  RespondToAuthChallengeCommand,
  type ChallengeNameType,
  type RespondToAuthChallengeCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';

import type { CognitoCalls } from '../cognito/cognito-calls.js';
import type { CognitoPool } from '../cognito/pools.js';
import { secretHash } from '../cognito/secret-hash.js';

export interface ChallengeAnswer {
  readonly name: ChallengeNameType;
  readonly session: string;
  readonly username: string;
  readonly responses?: Readonly<Record<string, string>>;
}

/**
 * One further step of a sign-in.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RespondToAuthChallenge.html
 */
export function answerChallenge(
  cognito: CognitoCalls,
  pool: CognitoPool,
  { name, session, username, responses }: ChallengeAnswer,
): Promise<RespondToAuthChallengeCommandOutput> {
  const hash = secretHash(pool, username);
  return cognito('answer-challenge', (client) =>
    client.send(
      new RespondToAuthChallengeCommand({
        ChallengeName: name,
        ClientId: pool.clientId,
        Session: session,
        ChallengeResponses: {
          ...responses,
          USERNAME: username,
          ...(hash !== undefined && { SECRET_HASH: hash }),
        },
      }),
    ),
  );
}
