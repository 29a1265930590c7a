import { GetUserAttributeVerificationCodeCommand } from '@aws-sdk/client-cognito-identity-provider';

import { badUserInput } from '../../errors.js';
import type { MfaMethod } from '../users/user-store.js';
import { contactAttribute } from './contact-attribute.js';
import type { AuthenticationDependencies } from './dependencies.js';
import type { CodeDelivery } from './sign-in.js';
import type { Viewer } from './viewer.js';

export type RequestContactVerification = (viewer: Viewer, medium: MfaMethod) => Promise<CodeDelivery>;

/**
 * Sends the viewer a code with which `verifyContact` verifies their address or number: the new one, where one waits for that.
 * BAD_USER_INPUT where they have none.
 */
export function createRequestContactVerification({
  cognito,
  users,
}: Pick<AuthenticationDependencies, 'cognito' | 'users'>): RequestContactVerification {
  return async ({ userId, accessToken }, medium) => {
    const attribute = contactAttribute(medium);
    const person = await users.find(userId);
    if (medium === 'SMS' && !person?.phoneNumber) {
      throw badUserInput('The account has no phone number; updateMe gives it one.', { argument: 'medium' });
    }
    const { CodeDeliveryDetails: details } = await cognito('contact', (client) =>
      client.send(
        new GetUserAttributeVerificationCodeCommand({ AccessToken: accessToken, AttributeName: attribute }),
      ),
    );
    return { medium, destination: details?.Destination ?? '' };
  };
}
