import {
  CreateGroupCommand,
  CreateUserPoolCommand,
  DescribeUserPoolCommand,
  GroupExistsException,
  SetUserPoolMfaConfigCommand,
  paginateListUserPools,
  UpdateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type {
  CognitoIdentityProviderClient,
  SetUserPoolMfaConfigCommandInput,
  UpdateUserPoolCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';

import { DEFAULT_LIFETIMES, provisionClient, type TokenLifetimes } from './provision-client.js';

/** The two kinds of people, each with a pool. */
export type PoolKind = 'ADMIN' | 'END_USER';

/** The second factors of the pools. */
export interface MfaPlan {
  /** Whether administrators must have one; end users may. */
  readonly adminMfa: 'required' | 'optional';
  /** Whether codes can go out as text messages. */
  readonly textMessages: boolean;
}

export interface ProvisionedPool {
  readonly poolId: string;
  readonly clientId: string;
}

export type ProvisionedPools = Readonly<Record<PoolKind, ProvisionedPool>>;

const POOLS: Readonly<
  Record<PoolKind, { readonly name: string; readonly signUp: boolean; readonly groups: readonly string[] }>
> = {
  ADMIN: { name: 'portcullis-administrators', signUp: false, groups: ['administrator', 'auditor'] },
  END_USER: { name: 'portcullis-end-users', signUp: true, groups: ['member'] },
};

/** Cognito sends text messages in a role; the embedded engine takes any. */
const NOBODYS_ROLE = 'arn:aws:iam::000000000000:role/portcullis-messages';

/**
 * The pool of one kind of people with its app client and its groups, made where they are missing; a pool of earlier days
 * gets the settings and second factors of today, and so does its client.
 */
export async function provisionPool(
  cognito: CognitoIdentityProviderClient,
  kind: PoolKind,
  mfa: MfaPlan,
  lifetimes: TokenLifetimes = DEFAULT_LIFETIMES,
): Promise<ProvisionedPool> {
  const { name, signUp, groups } = POOLS[kind];
  const found = await findPool(cognito, name);
  if (found !== undefined) await updatePool(cognito, found, signUp);
  const poolId = found ?? (await createPool(cognito, name, signUp));
  const [clientId] = await Promise.all([
    provisionClient(cognito, poolId, lifetimes),
    cognito.send(new SetUserPoolMfaConfigCommand({ UserPoolId: poolId, ...mfaConfig(kind, mfa) })),
    ...groups.map((group) => ensureGroup(cognito, poolId, group)),
  ]);
  return { poolId, clientId };
}

/** Names are not unique: the oldest pool of a name is ours, whatever was made after it. */
async function findPool(client: CognitoIdentityProviderClient, name: string): Promise<string | undefined> {
  const found: { id: string; createdAt: number }[] = [];
  for await (const { UserPools = [] } of paginateListUserPools({ client }, { MaxResults: 60 })) {
    for (const { Id: id, Name, CreationDate } of UserPools) {
      if (id !== undefined && Name === name) found.push({ id, createdAt: CreationDate?.getTime() ?? 0 });
    }
  }
  found.sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1));
  return found[0]?.id;
}

async function createPool(
  cognito: CognitoIdentityProviderClient,
  name: string,
  signUp: boolean,
): Promise<string> {
  const { UserPool } = await cognito.send(
    new CreateUserPoolCommand({ PoolName: name, UsernameAttributes: ['email'], ...poolSettings(signUp) }),
  );
  return present(UserPool?.Id, 'CreateUserPool', 'UserPool.Id');
}

/** What an update leaves out goes back to its default, so it says again how people sign in: others may be doing so now. */
async function updatePool(
  cognito: CognitoIdentityProviderClient,
  poolId: string,
  signUp: boolean,
): Promise<void> {
  const { UserPool } = await cognito.send(new DescribeUserPoolCommand({ UserPoolId: poolId }));
  const { MfaConfiguration, SmsConfiguration } = UserPool ?? {};
  await cognito.send(
    new UpdateUserPoolCommand({
      UserPoolId: poolId,
      ...poolSettings(signUp),
      MfaConfiguration,
      SmsConfiguration,
    }),
  );
}

/** What may change in a pool once it is made. */
function poolSettings(signUp: boolean): Omit<UpdateUserPoolCommandInput, 'UserPoolId'> {
  return {
    AutoVerifiedAttributes: ['email'],
    // The old address signs in until the new one is verified. Telephone numbers cannot be listed: a pool has to verify by
    // itself what it lists, and one that verified numbers would confirm registrations by text message.
    UserAttributeUpdateSettings: { AttributesRequireVerificationBeforeUpdate: ['email'] },
    // People name their account by its address, so that is where the code goes.
    AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'verified_email', Priority: 1 }] },
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: !signUp },
    Policies: {
      PasswordPolicy: {
        MinimumLength: 12,
        RequireLowercase: true,
        RequireUppercase: true,
        RequireNumbers: true,
        RequireSymbols: true,
        TemporaryPasswordValidityDays: 7,
        PasswordHistorySize: 5,
      },
    },
  };
}

/** An administrator's second factor is an authenticator: neither a mailbox nor a telephone number can be taken over for it. */
function mfaConfig(
  kind: PoolKind,
  { adminMfa, textMessages }: MfaPlan,
): Omit<SetUserPoolMfaConfigCommandInput, 'UserPoolId'> {
  const SoftwareTokenMfaConfiguration = { Enabled: true };
  if (kind === 'ADMIN') {
    return { MfaConfiguration: adminMfa === 'required' ? 'ON' : 'OPTIONAL', SoftwareTokenMfaConfiguration };
  }
  return {
    MfaConfiguration: 'OPTIONAL',
    SoftwareTokenMfaConfiguration,
    EmailMfaConfiguration: {},
    ...(textMessages && {
      SmsMfaConfiguration: { SmsConfiguration: { SnsCallerArn: NOBODYS_ROLE } },
    }),
  };
}

async function ensureGroup(
  cognito: CognitoIdentityProviderClient,
  poolId: string,
  group: string,
): Promise<void> {
  try {
    await cognito.send(new CreateGroupCommand({ UserPoolId: poolId, GroupName: group }));
  } catch (error) {
    if (!(error instanceof GroupExistsException)) throw error;
  }
}

function present(value: string | undefined, operation: string, member: string): string {
  if (value === undefined) throw new TypeError(`${operation} answered without ${member}.`);
  return value;
}
