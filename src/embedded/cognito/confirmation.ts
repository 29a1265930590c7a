import type { CodeDeliveryDetailsType } from '@aws-sdk/client-cognito-identity-provider';

import { notAuthorized } from './exceptions.js';
import type { UserPool } from './pool-settings.js';
import type { CognitoServices } from './services.js';
import type { User } from './user-store.js';

/**
 * Sends somebody who signed up the code that confirms it.
 * @returns nothing where the pool verifies no address, or the user has none
 */
export async function sendConfirmation(
  { codes, delivery }: Pick<CognitoServices, 'codes' | 'delivery'>,
  pool: UserPool,
  user: User,
): Promise<CodeDeliveryDetailsType | undefined> {
  const { email } = user.attributes;
  if (!pool.settings.AutoVerifiedAttributes.includes('email') || email === undefined) return undefined;
  return delivery.deliver(user, email, 'CONFIRMATION', await codes.issue(user, 'SIGN_UP'));
}

/** @throws NotAuthorizedException */
export function assertUnconfirmed({ status }: User): void {
  if (status !== 'UNCONFIRMED') {
    throw notAuthorized(`User cannot be confirmed. Current status is ${status}`);
  }
}
