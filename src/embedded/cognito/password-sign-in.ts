import { missingAttributes } from './attributes.js';
import type { AppClient } from './client-settings.js';
import {
  incorrectCredentials,
  notAuthorized,
  passwordResetRequired,
  userDisabled,
  userNotConfirmed,
  userNotFound,
} from './exceptions.js';
import { continueSignIn, type MfaServices } from './mfa-challenge.js';
import { passwordMatches } from './password-hashing.js';
import type { UserPool } from './pool-settings.js';
import type { CognitoServices } from './services.js';
import type { SignInAnswer } from './sign-in.js';
import { standInOf } from './stand-in.js';
import type { User } from './user-store.js';

type Services = MfaServices & Pick<CognitoServices, 'clock' | 'failures' | 'users'>;

/**
 * Signs in with a password. What the account is like shows only to who knows its password; who doesn't gets the same
 * answer, after the same work, for an account that exists and for one that doesn't.
 * @throws NotAuthorizedException, UserNotConfirmedException, PasswordResetRequiredException, UserNotFoundException
 */
export async function signInWithPassword(
  services: Services,
  pool: UserPool,
  client: AppClient,
  { username, password }: { username: string; password: string },
): Promise<SignInAnswer> {
  const { challenges, clock, failures, users } = services;
  const user = await users.find(pool, username);
  const account = { poolId: pool.id, account: user?.sub ?? standInOf(pool, username) };
  await failures.assertUnlocked(account);

  if (!(await passwordMatches(password, user?.passwordHash)) || !user) {
    await failures.recordFailure(account);
    const mayTell = client.settings.PreventUserExistenceErrors === 'LEGACY';
    throw !user && mayTell ? userNotFound() : incorrectCredentials();
  }
  await failures.recordSuccess(account);
  assertMaySignIn(user, clock.now());

  if (user.status === 'FORCE_CHANGE_PASSWORD') {
    return {
      ChallengeName: 'NEW_PASSWORD_REQUIRED',
      ChallengeParameters: newPasswordParameters(pool, user),
      Session: await challenges.open(user, client, 'NEW_PASSWORD_REQUIRED'),
    };
  }
  return continueSignIn(services, { pool, client, user });
}

function assertMaySignIn(user: User, now: Date): void {
  if (!user.enabled) throw userDisabled();
  if (user.status === 'UNCONFIRMED') throw userNotConfirmed();
  if (user.status === 'RESET_REQUIRED') throw passwordResetRequired();
  if (user.temporaryPasswordExpiresAt && user.temporaryPasswordExpiresAt <= now) {
    throw notAuthorized('Temporary password has expired and must be reset by an administrator.');
  }
}

const newPasswordParameters = ({ settings }: UserPool, { username, attributes }: User) => ({
  USER_ID_FOR_SRP: username,
  requiredAttributes: JSON.stringify(
    missingAttributes(settings, attributes).map((name) => `userAttributes.${name}`),
  ),
  userAttributes: JSON.stringify(attributes),
});
