import { VerifyUserAttributeCommand } from '@aws-sdk/client-cognito-identity-provider';

import { unauthenticated } from '../../errors.js';
import type { ClientAddress } from '../sessions/session.js';
import type { MfaMethod, UserRecord } from '../users/user-store.js';
import { accountOf } from './account.js';
import { requireCode } from './code-input.js';
import { contactAttribute } from './contact-attribute.js';
import type { AuthenticationDependencies } from './dependencies.js';
import type { Viewer } from './viewer.js';

export interface VerifyContactInput {
  readonly medium: MfaMethod;
  readonly code: string;
}

export type VerifyContact = (
  viewer: Viewer,
  input: VerifyContactInput,
  address: ClientAddress,
) => Promise<UserRecord>;

/**
 * Verifies the viewer's address or number with the code that was sent there, and makes a new address theirs. CONFLICT where
 * somebody else verified it first.
 *
 * @returns the person as they then are
 */
export function createVerifyContact({
  cognito,
  users,
  attempts,
}: Pick<AuthenticationDependencies, 'cognito' | 'users' | 'attempts'>): VerifyContact {
  return async (viewer, { medium, code }, address) => {
    const attribute = contactAttribute(medium);
    const typed = requireCode(code);
    const { userId, accessToken } = viewer;
    const account = accountOf(viewer, await users.find(userId));
    await attempts.guard('code', account, address, () =>
      users.whileChanging(userId, () =>
        cognito('contact', (client) =>
          client.send(
            new VerifyUserAttributeCommand({
              AccessToken: accessToken,
              AttributeName: attribute,
              Code: typed,
            }),
          ),
        ),
      ),
    );
    const person = await users.findFresh(userId);
    if (person === undefined) throw unauthenticated();
    return person;
  };
}
