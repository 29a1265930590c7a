import type { CodeDeliveryDetailsType } from '@aws-sdk/client-cognito-identity-provider';

import type { AwsServiceError } from '../aws-json.js';
import { invalidParameter, notAuthorized, userDisabled } from './exceptions.js';
import type { ContactName, UserPool } from './pool-settings.js';
import type { CognitoServices } from './services.js';
import { standInOf } from './stand-in.js';
import type { User } from './user-store.js';

/** By which contact somebody gets a code to choose a new password with, or why by none. */
export type Recovery =
  { readonly to: string; readonly refusal?: never } | { readonly refusal: AwsServiceError };

const CONTACTS = { verified_email: 'email', verified_phone_number: 'phone_number' } as const;

/** What a pool that chooses nothing does: the telephone goes first. */
const BY_DEFAULT: readonly ContactName[] = ['phone_number', 'email'];

/** https://docs.aws.amazon.com/cognito/latest/developerguide/managing-users-passwords.html */
export function recoveryOf(pool: UserPool, user: User): Recovery {
  if (!user.enabled) return { refusal: userDisabled() };
  if (user.status === 'FORCE_CHANGE_PASSWORD') {
    return { refusal: notAuthorized('User password cannot be reset in the current state.') };
  }
  const contacts = recoveryContacts(pool);
  if (contacts.length === 0) return { refusal: notAuthorized('Contact administrator to reset password.') };
  const verified = contacts.find((name) => user.attributes[`${name}_verified`] === 'true');
  const to = verified && user.attributes[verified];
  if (to) return { to };
  return {
    refusal: invalidParameter(
      'Cannot reset password for the user as there is no registered/verified email or phone_number',
    ),
  };
}

/** @throws LimitExceededException, CodeDeliveryFailureException */
export async function sendRecoveryCode(
  { codes, delivery }: Pick<CognitoServices, 'codes' | 'delivery'>,
  user: User,
  to: string,
): Promise<CodeDeliveryDetailsType> {
  return delivery.deliver(user, to, 'PASSWORD_RESET', await codes.issue(user, 'FORGOTTEN_PASSWORD'));
}

/** Answers, and counts, for a name to which no code can go, as if one went. @throws as `sendRecoveryCode` does */
export async function pretendRecoveryCode(
  { codes, delivery }: Pick<CognitoServices, 'codes' | 'delivery'>,
  pool: UserPool,
  name: string,
): Promise<CodeDeliveryDetailsType> {
  return delivery.pretend(
    name,
    'PASSWORD_RESET',
    await codes.issue(nobody(pool, name), 'FORGOTTEN_PASSWORD'),
  );
}

/** Whose codes are those of a name that nobody has. */
export const nobody = (pool: UserPool, name: string) => ({
  poolId: pool.id,
  sub: standInOf(pool, name),
  attributes: {},
});

function recoveryContacts({ settings }: UserPool): readonly ContactName[] {
  const mechanisms = settings.AccountRecoverySetting?.RecoveryMechanisms;
  if (!mechanisms) return BY_DEFAULT;
  return [...mechanisms]
    .sort((one, other) => one.Priority - other.Priority)
    .flatMap(({ Name }) => (Name === 'admin_only' ? [] : CONTACTS[Name]));
}
