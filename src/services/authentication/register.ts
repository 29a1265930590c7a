import { SignUpCommand } from '@aws-sdk/client-cognito-identity-provider';

import { PortcullisError } from '../../errors.js';
import { isUndelivered } from '../cognito/cognito-errors.js';
import { secretHash } from '../cognito/secret-hash.js';
import { presentAttributes } from '../users/cognito-user-mapping.js';
import { normalizeEmail } from '../users/email-address.js';
import { requireBoundedAttributes, type PersonInput } from '../users/input-bounds.js';
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
    'cognito' | 'pools' | 'users' | 'randomness' | 'passwordRules' | 'pace'
  >,
): Register {
  const { cognito, pools, users, randomness, passwordRules, pace } = dependencies;
  const pool = pools.END_USER;
  const fabricateId = createIdFabricator(users, randomness);

  const fabricated = (email: string, userId: string): Registration => ({
    userId,
    confirmed: false,
    codeDelivery: maskedDelivery(email),
  });

  const signUp = async (email: string, password: string, person: PersonInput): Promise<Registration> => {
    // Made before anybody knows whether it is needed: where it has to read, a taken address is not the slower one.
    const fabricatedId = await fabricateId();
    try {
      const output = await cognito('register', (client) =>
        client.send(
          new SignUpCommand({
            ClientId: pool.clientId,
            SecretHash: secretHash(pool, email),
            Username: email,
            Password: password,
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

  return async ({ password, website, ...person }) => {
    const email = normalizeEmail(person.email);
    requireBoundedAttributes(person);
    // Judged whoever asks, for a refusal that only some addresses got would tell which are taken.
    const chosen = await passwordRules.requireAcceptable(password, 'END_USER');
    return pace(async () =>
      isCaught(website) ? fabricated(email, await fabricateId()) : signUp(email, chosen, person),
    );
  };
}
