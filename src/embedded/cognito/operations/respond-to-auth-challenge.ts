import type {
  RespondToAuthChallengeCommandInput,
  RespondToAuthChallengeCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { applyChanges, assertAttributesConform, assertWritable, missingAttributes } from '../attributes.js';
import type { Challenge } from '../challenge-store.js';
import { assertSecretHash } from '../client-authentication.js';
import { aliasExists, invalidParameter, invalidSession, userDisabled } from '../exceptions.js';
import { clientId, password, secretHash, text, username, validated } from '../input.js';
import { hashPassword } from '../password-hashing.js';
import { assertPasswordConforms } from '../password-policy.js';
import type { UserPool } from '../pool-settings.js';
import type { CognitoServices } from '../services.js';
import { completeSignIn } from '../sign-in.js';
import type { User } from '../user-store.js';

const ATTRIBUTE_PREFIX = 'userAttributes.';

const input = z.object({
  ClientId: clientId,
  ChallengeName: z.literal('NEW_PASSWORD_REQUIRED'),
  Session: text(2048, 20),
  ChallengeResponses: z
    .object({ USERNAME: username, NEW_PASSWORD: password, SECRET_HASH: secretHash })
    .catchall(text(2048)),
});

type Services = Pick<
  CognitoServices,
  'challenges' | 'clients' | 'clock' | 'families' | 'groups' | 'pools' | 'tokens' | 'users'
>;

/** Answers the challenge that stands between somebody and their tokens: a password of their own for a temporary one. */
export const createRespondToAuthChallenge = (
  services: Services,
): OperationHandler<RespondToAuthChallengeCommandInput, RespondToAuthChallengeCommandOutput> =>
  validated(input, async ({ ClientId, Session, ChallengeResponses }) => {
    const { challenges, clients, clock, pools, users } = services;
    const { USERNAME, NEW_PASSWORD, SECRET_HASH, ...others } = ChallengeResponses;
    const client = await clients.get(ClientId);
    assertSecretHash(client, [USERNAME], SECRET_HASH);
    const pool = await pools.get(client.poolId);

    const challenge = await challenges.find(Session);
    const user = await users.find(pool, USERNAME);
    if (!challenge || !user || !isFor(challenge, user, client.id)) throw invalidSession();
    if (!user.enabled) throw userDisabled();
    assertPasswordConforms(pool.settings.Policies.PasswordPolicy, NEW_PASSWORD);
    const given = givenAttributes(others);
    assertWritable(client.settings.WriteAttributes, given);
    assertCompleted(pool, user, given);

    const passwordHash = await hashPassword(NEW_PASSWORD);
    if (!(await challenges.close(challenge))) throw invalidSession();
    const changes = { passwordHash, status: 'CONFIRMED', temporaryPasswordExpiresAt: null } as const;
    const settled = await users.updateAttributes(pool, user, given, clock.now(), changes);
    if (!settled) throw aliasExists();
    return {
      AuthenticationResult: await completeSignIn(services, settled, client),
      ChallengeParameters: {},
    };
  });

const isFor = (challenge: Challenge, user: User, clientId: string) =>
  challenge.poolId === user.poolId && challenge.sub === user.sub && challenge.clientId === clientId;

const givenAttributes = (responses: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(responses)
      .filter(([name]) => name.startsWith(ATTRIBUTE_PREFIX))
      .map(([name, value]) => [name.slice(ATTRIBUTE_PREFIX.length), value]),
  );

/** @throws InvalidParameterException where an attribute is wrong, or one that the pool requires still missing */
function assertCompleted({ settings }: UserPool, user: User, given: Record<string, string>): void {
  assertAttributesConform(settings, given);
  const [missing] = missingAttributes(settings, applyChanges(user.attributes, given));
  if (missing) throw invalidParameter(`Invalid attributes given, ${missing} is missing`);
}
