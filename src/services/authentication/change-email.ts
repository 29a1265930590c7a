import { UpdateUserAttributesCommand } from '@aws-sdk/client-cognito-identity-provider';

import { badUserInput, PortcullisError, type ErrorCode } from '../../errors.js';
import { isUndelivered } from '../cognito/cognito-errors.js';
import type { ClientAddress } from '../sessions/session.js';
import { normalizeEmail } from '../users/email-address.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { maskedDelivery } from './masked-delivery.js';
import type { IdentityProof, ProveIdentity } from './prove-identity.js';
import type { CodeDelivery } from './sign-in.js';
import type { Viewer } from './viewer.js';

export interface ChangeEmailInput extends IdentityProof {
  readonly email: string;
}

export type ChangeEmail = (
  viewer: Viewer,
  input: ChangeEmailInput,
  address: ClientAddress,
) => Promise<CodeDelivery>;

/**
 * What would tell that somebody has the address: that they do, and that too many codes were sent, which is not said of an
 * address that is taken.
 */
const ABOUT_THE_ADDRESS: ReadonlySet<ErrorCode> = new Set(['CONFLICT', 'RATE_LIMITED']);

const tellsOfTheAddress = (error: unknown): boolean =>
  isUndelivered(error) || (error instanceof PortcullisError && ABOUT_THE_ADDRESS.has(error.code));

/**
 * Sends a code to the viewer's new address, which becomes theirs with `verifyContact`; until then the old one is good. The
 * answer is the same where somebody else has the address, who is sent nothing. It needs a proof of identity.
 */
export function createChangeEmail(
  { cognito, users, logger }: Pick<AuthenticationDependencies, 'cognito' | 'users' | 'logger'>,
  proveIdentity: ProveIdentity,
): ChangeEmail {
  return async (viewer, { email, ...proof }, address) => {
    const wanted = normalizeEmail(email);
    const person = await proveIdentity(viewer, proof, address);
    if (person.email?.toLowerCase() === wanted) {
      throw badUserInput('The account has this address; requestContactVerification verifies it.', {
        argument: 'email',
      });
    }
    try {
      await users.whileChanging(viewer.userId, () =>
        cognito('contact', (client) =>
          client.send(
            new UpdateUserAttributesCommand({
              AccessToken: viewer.accessToken,
              UserAttributes: [{ Name: 'email', Value: wanted }],
            }),
          ),
        ),
      );
    } catch (error) {
      if (!tellsOfTheAddress(error)) throw error;
      logger.debug({ err: error }, 'A code for a new address was not sent.');
    }
    return maskedDelivery(wanted);
  };
}
