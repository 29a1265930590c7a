import { SignUpCommand } from '@aws-sdk/client-cognito-identity-provider';

import { PortcullisError } from '../../errors.js';
import { isUndelivered } from '../cognito/cognito-errors.js';
import { secretHash } from '../cognito/secret-hash.js';
import { presentAttributes } from '../users/cognito-user-mapping.js';
import { normalizeEmail } from '../users/email-address.js';
import { requireBoundedAttributes } from '../users/input-bounds.js';
import type { AuthenticationDependencies } from './dependencies.js';
import { createIdFabricator } from './fabricated-id.js';
import { isCaught } from './honeypot.js';
import { maskedDelivery } from './masked-delivery.js';
import type { Registration } from './sign-in.js';

export interface RegisterInput {
  readonly email: string;
  readonly password: string;
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
  readonly phoneNumber?: string | null | undefined;
  /** The honeypot. */
  readonly website?: string | null | undefined;
}

export type Register = (input: RegisterInput) => Promise<Registration>;

/** Signs up an end user. An address that has an account already is answered as one that has none, and so is one that no mail reaches. */
export function createRegister(
  dependencies: Pick<
    AuthenticationDependencies,
    'cognito' | 'pools' | 'users' | 'randomness' | 'passwordRules'
  >,
): Register {
  const { cognito, pools, users, randomness, passwordRules } = dependencies;
  const pool = pools.END_USER;
  const fabricateId = createIdFabricator(users, randomness);

  const fabricated = (email: string, userId: string): Registration => ({
    userId,
    confirmed: false,
    codeDelivery: maskedDelivery(email),
  });

  return async ({ password, website, ...person }) => {
    const email = normalizeEmail(person.email);
    requireBoundedAttributes(person);
    // Judged whoever asks, for a refusal that only some addresses got would tell which are taken.
    const chosen = await passwordRules.requireAcceptable(password, 'END_USER');
    // Made before anybody knows whether it is needed, so that the time an answer takes does not tell.
    const fabricatedId = await fabricateId();
    if (isCaught(website)) return fabricated(email, fabricatedId);
    try {
      const output = await cognito('register', (client) =>
        client.send(
          new SignUpCommand({
            ClientId: pool.clientId,
            SecretHash: secretHash(pool, email),
            Username: email,
            Password: chosen,
            UserAttributes: [{ Name: 'email', Value: email }, ...presentAttributes(person)],
          }),
        ),
      );
      return {
        userId: output.UserSub ?? '',
        confirmed: output.UserConfirmed ?? false,
        codeDelivery: output.UserConfirmed ? null : maskedDelivery(email),
      };
    } catch (error) {
      const isTaken = error instanceof PortcullisError && error.code === 'CONFLICT';
      // Cognito made the account and does not say its id. Its failure is in the log, and another code can be asked for.
      if (isTaken || isUndelivered(error)) return fabricated(email, fabricatedId);
      throw error;
    }
  };
}
