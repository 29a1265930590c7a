import type { z } from 'zod';

import { applyChanges, assertAttributesConform, assertWritable, missingAttributes } from '../attributes.js';
import { aliasExists, invalidParameter, invalidSession } from '../exceptions.js';
import { password } from '../input.js';
import { continueSignIn } from '../mfa-challenge.js';
import { assertPasswordConforms } from '../password-policy.js';
import type { UserPool } from '../pool-settings.js';
import type { User } from '../user-store.js';
import { answerTo, type AnswerChallenge } from './challenge-answer.js';

const ATTRIBUTE_PREFIX = 'userAttributes.';

export const newPasswordAnswer = answerTo('NEW_PASSWORD_REQUIRED', { NEW_PASSWORD: password });

type Responses = z.output<typeof newPasswordAnswer>['ChallengeResponses'];

/** Takes a password of somebody's own for a temporary one. */
export const answerNewPassword: AnswerChallenge<Responses> = async (
  services,
  { pool, client, user, challenge },
  responses,
) => {
  const { challenges, clock, hashPassword, passwordHistory, users } = services;
  // Whoever began with the temporary password before it was replaced knows one that is good no more.
  if (user.status !== 'FORCE_CHANGE_PASSWORD') throw invalidSession();
  assertPasswordConforms(pool.settings.Policies.PasswordPolicy, responses.NEW_PASSWORD);
  const given = givenAttributes(responses);
  assertWritable(client.settings.WriteAttributes, given);
  assertCompleted(pool, user, given);

  await passwordHistory.assertUnused(pool, user, responses.NEW_PASSWORD);
  const passwordHash = await hashPassword(responses.NEW_PASSWORD);
  if (!(await challenges.closeWithOthers(challenge))) throw invalidSession();
  await passwordHistory.keep(pool, user);
  const changes = { passwordHash, status: 'CONFIRMED', temporaryPasswordExpiresAt: null } as const;
  const settled = await users.updateAttributes(pool, user, given, clock.now(), changes);
  if (!settled) throw aliasExists();
  return continueSignIn(services, { pool, client, user: settled });
};

const givenAttributes = (responses: Responses): Record<string, string> =>
  Object.fromEntries(
    Object.entries(responses).flatMap(([name, value]) =>
      name.startsWith(ATTRIBUTE_PREFIX) && value !== undefined
        ? [[name.slice(ATTRIBUTE_PREFIX.length), value]]
        : [],
    ),
  );

/** @throws InvalidParameterException where an attribute is wrong, or one that the pool requires still missing */
function assertCompleted({ settings }: UserPool, user: User, given: Record<string, string>): void {
  assertAttributesConform(settings, given);
  const [missing] = missingAttributes(settings, applyChanges(user.attributes, given));
  if (missing) throw invalidParameter(`Invalid attributes given, ${missing} is missing`);
}
