import type { SignUpCommandInput, SignUpCommandOutput } from '@aws-sdk/client-cognito-identity-provider';
import { z } from 'zod';

import type { OperationHandler } from '../../aws-json.js';
import { assertWritable } from '../attributes.js';
import { assertSecretHash } from '../client-authentication.js';
import { sendConfirmation } from '../confirmation.js';
import { notAuthorized, usernameExists } from '../exceptions.js';
import { attributes, clientId, newPassword, secretHash, username, validated } from '../input.js';
import { assertComplete, identify, NO_MFA } from '../new-user.js';
import { assertPasswordConforms } from '../password-policy.js';
import type { CognitoServices } from '../services.js';

const input = z.object({
  ClientId: clientId,
  SecretHash: secretHash,
  Username: username,
  Password: newPassword,
  UserAttributes: attributes.default({}),
});

/**
 * Registers somebody, and sends the code that confirms it. The password is hashed before anybody looks whether the name
 * is taken, so that the time an answer takes does not tell.
 */
export const createSignUp = ({
  clients,
  clock,
  codes,
  delivery,
  hashPassword,
  pools,
  randomness,
  users,
}: Pick<
  CognitoServices,
  'clients' | 'clock' | 'codes' | 'delivery' | 'hashPassword' | 'pools' | 'randomness' | 'users'
>): OperationHandler<SignUpCommandInput, SignUpCommandOutput> =>
  validated(input, async ({ ClientId, SecretHash, Username, Password, UserAttributes }) => {
    const client = await clients.get(ClientId);
    assertSecretHash(client, [Username], SecretHash);
    const pool = await pools.get(client.poolId);
    if (pool.settings.AdminCreateUserConfig.AllowAdminCreateUserOnly) {
      throw notAuthorized('SignUp is not permitted for this user pool');
    }
    assertPasswordConforms(pool.settings.Policies.PasswordPolicy, Password);
    assertWritable(client.settings.WriteAttributes, UserAttributes);
    const identity = identify(pool, randomness, Username, UserAttributes);
    assertComplete(pool, identity.attributes);

    const now = clock.now();
    const user = {
      ...identity,
      status: 'UNCONFIRMED' as const,
      enabled: true,
      passwordHash: await hashPassword(Password),
      temporaryPasswordExpiresAt: null,
      ...NO_MFA,
      createdAt: now,
      updatedAt: now,
    };
    if (!(await users.create(pool, user))) throw usernameExists();
    const details = await sendConfirmation({ codes, delivery }, pool, user);
    return { UserConfirmed: false, UserSub: user.sub, ...(details && { CodeDeliveryDetails: details }) };
  });
