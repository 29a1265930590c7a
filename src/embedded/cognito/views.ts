/** How the wire shows what is stored. */
import type {
  GetUserPoolMfaConfigCommandOutput,
  GroupType,
  ResourceServerType,
  UserPoolClientType,
  UserPoolType,
  UserType,
} from '@aws-sdk/client-cognito-identity-provider';

import { toAttributeList } from './attributes.js';
import type { AppClient } from './client-settings.js';
import type { Group } from './group-store.js';
import { poolSettingsSchema, type UserPool } from './pool-settings.js';
import type { ResourceServer } from './resource-server-store.js';
import type { User } from './user-store.js';

/** @param only the attributes asked for, where not all are */
export const userView = (user: User, only?: readonly string[]): UserType => ({
  Username: user.username,
  Attributes: toAttributeList(user.sub, user.attributes, only),
  UserCreateDate: user.createdAt,
  UserLastModifiedDate: user.updatedAt,
  Enabled: user.enabled,
  UserStatus: user.status,
});

/** What GetUser and AdminGetUser show of somebody's second factors. */
export const mfaView = ({ mfaMethods, preferredMfa }: User) => ({
  ...(mfaMethods.length > 0 && { UserMFASettingList: mfaMethods }),
  ...(preferredMfa !== null && { PreferredMfaSetting: preferredMfa }),
});

export const groupView = (group: Group): GroupType => ({
  GroupName: group.name,
  UserPoolId: group.poolId,
  ...(group.description !== null && { Description: group.description }),
  ...(group.precedence !== null && { Precedence: group.precedence }),
  ...(group.roleArn !== null && { RoleArn: group.roleArn }),
  CreationDate: group.createdAt,
  LastModifiedDate: group.updatedAt,
});

export const poolView = (pool: UserPool, region: string): UserPoolType => {
  // Without the second factors, which GetUserPoolMfaConfig alone shows.
  const { Schema, ...settings } = poolSettingsSchema.parse(pool.settings);
  return {
    ...settings,
    Id: pool.id,
    Name: pool.name,
    Arn: `arn:aws:cognito-idp:${region}:000000000000:userpool/${pool.id}`,
    SchemaAttributes: Schema,
    CreationDate: pool.createdAt,
    LastModifiedDate: pool.updatedAt,
  };
};

export const mfaConfigView = ({
  settings,
}: UserPool): Omit<GetUserPoolMfaConfigCommandOutput, '$metadata'> => ({
  MfaConfiguration: settings.MfaConfiguration,
  ...(settings.SmsMfaConfiguration && { SmsMfaConfiguration: settings.SmsMfaConfiguration }),
  SoftwareTokenMfaConfiguration: settings.SoftwareTokenMfaConfiguration ?? { Enabled: false },
  ...(settings.EmailMfaConfiguration && { EmailMfaConfiguration: settings.EmailMfaConfiguration }),
});

export const resourceServerView = ({
  poolId,
  identifier,
  name,
  scopes,
}: ResourceServer): ResourceServerType => ({
  UserPoolId: poolId,
  Identifier: identifier,
  Name: name,
  Scopes: [...scopes],
});

export const clientView = (client: AppClient): UserPoolClientType => {
  const { ReadAttributes, WriteAttributes, AccessTokenValidity, IdTokenValidity, ...settings } =
    client.settings;
  return {
    ...settings,
    ...(ReadAttributes && { ReadAttributes }),
    ...(WriteAttributes && { WriteAttributes }),
    ...(AccessTokenValidity !== undefined && { AccessTokenValidity }),
    ...(IdTokenValidity !== undefined && { IdTokenValidity }),
    ClientId: client.id,
    ClientName: client.name,
    UserPoolId: client.poolId,
    ...(client.secret !== null && { ClientSecret: client.secret }),
    RefreshTokenValidity: settings.RefreshTokenValidity ?? 30,
    CreationDate: client.createdAt,
    LastModifiedDate: client.updatedAt,
  };
};
