import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminSetUserPasswordCommand,
  UserNotFoundException,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';

import type { PoolKind } from './provision-pools.js';

export interface SeededPerson {
  readonly email: string;
  readonly userType: PoolKind;
  readonly roles: readonly string[];
}

export interface PersonToSeed extends SeededPerson {
  readonly givenName: string;
  readonly familyName: string;
  /** Where the operator chose it: it is then written nowhere. */
  readonly password?: string;
}

/** Makes somebody, confirmed and with their roles, or ends what an earlier run began. */
export async function seedPerson(
  cognito: CognitoIdentityProviderClient,
  poolId: string,
  { email, roles, givenName, familyName, password }: PersonToSeed & { readonly password: string },
): Promise<void> {
  const account = { UserPoolId: poolId, Username: email };
  const status = await statusOf(cognito, account);
  if (status === undefined) {
    await cognito.send(
      new AdminCreateUserCommand({
        ...account,
        TemporaryPassword: password,
        MessageAction: 'SUPPRESS',
        UserAttributes: [
          { Name: 'email', Value: email },
          { Name: 'email_verified', Value: 'true' },
          { Name: 'given_name', Value: givenName },
          { Name: 'family_name', Value: familyName },
        ],
      }),
    );
  }
  // Somebody confirmed has a password of their own already.
  if (status !== 'CONFIRMED') {
    await cognito.send(new AdminSetUserPasswordCommand({ ...account, Password: password, Permanent: true }));
  }
  for (const GroupName of roles)
    await cognito.send(new AdminAddUserToGroupCommand({ ...account, GroupName }));
}

async function statusOf(
  cognito: CognitoIdentityProviderClient,
  account: { UserPoolId: string; Username: string },
): Promise<string | undefined> {
  try {
    return (await cognito.send(new AdminGetUserCommand(account))).UserStatus;
  } catch (error) {
    if (error instanceof UserNotFoundException) return undefined;
    throw error;
  }
}
