import {
  CreateUserPoolClientCommand,
  paginateListUserPoolClients,
  UpdateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';

/** How long the tokens of a sign-in live, in milliseconds. */
export interface TokenLifetimes {
  readonly accessTokenLifetimeMs: number;
  readonly refreshTokenLifetimeMs: number;
}

export const DEFAULT_LIFETIMES: TokenLifetimes = {
  accessTokenLifetimeMs: 15 * 60_000,
  refreshTokenLifetimeMs: 7 * 24 * 3_600_000,
};

const CLIENT_NAME = 'portcullis';

/** The app client of a pool, made where it is missing; one of earlier days gets the settings of today. */
export async function provisionClient(
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
  lifetimes: TokenLifetimes,
): Promise<string> {
  const settings = clientSettings(lifetimes);
  const ClientId = await findClient(cognito, UserPoolId);
  if (ClientId !== undefined) {
    await cognito.send(
      new UpdateUserPoolClientCommand({ UserPoolId, ClientId, ClientName: CLIENT_NAME, ...settings }),
    );
    return ClientId;
  }
  const { UserPoolClient } = await cognito.send(
    new CreateUserPoolClientCommand({
      UserPoolId,
      ClientName: CLIENT_NAME,
      GenerateSecret: false,
      ...settings,
    }),
  );
  const made = UserPoolClient?.ClientId;
  if (made === undefined)
    throw new TypeError('CreateUserPoolClient answered without UserPoolClient.ClientId.');
  return made;
}

function clientSettings({
  accessTokenLifetimeMs,
  refreshTokenLifetimeMs,
}: TokenLifetimes): Omit<CreateUserPoolClientCommandInput, 'UserPoolId' | 'ClientName' | 'GenerateSecret'> {
  return {
    // Cognito refuses ALLOW_REFRESH_TOKEN_AUTH beside rotation: refreshing is GetTokensFromRefreshToken's alone.
    ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    RefreshTokenRotation: { Feature: 'ENABLED', RetryGracePeriodSeconds: 30 },
    AccessTokenValidity: accessTokenLifetimeMs / 1_000,
    IdTokenValidity: accessTokenLifetimeMs / 1_000,
    RefreshTokenValidity: refreshTokenLifetimeMs / 1_000,
    TokenValidityUnits: { AccessToken: 'seconds', IdToken: 'seconds', RefreshToken: 'seconds' },
    EnableTokenRevocation: true,
    PreventUserExistenceErrors: 'ENABLED',
  };
}

/** Names are not unique: the first by id is ours. */
async function findClient(
  client: CognitoIdentityProviderClient,
  poolId: string,
): Promise<string | undefined> {
  const found: string[] = [];
  const pages = paginateListUserPoolClients({ client }, { UserPoolId: poolId, MaxResults: 60 });
  for await (const { UserPoolClients = [] } of pages) {
    for (const { ClientId, ClientName } of UserPoolClients) {
      if (ClientId !== undefined && ClientName === CLIENT_NAME) found.push(ClientId);
    }
  }
  return found.sort()[0];
}
