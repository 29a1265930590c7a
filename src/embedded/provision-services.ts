import {
  CreateResourceServerCommand,
  CreateUserPoolClientCommand,
  DescribeUserPoolClientCommand,
  InvalidParameterException,
  paginateListResourceServers,
  paginateListUserPoolClients,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';

/** An app client by which a service gets tokens. */
export interface ServiceClient {
  readonly clientId: string;
  readonly secret: string;
}

/** The resource server that stands for this service, and what services are given tokens for. */
const RESOURCE_SERVER = 'portcullis';
const SCOPE = { ScopeName: 'decide', ScopeDescription: 'Ask decisions for anybody.' };

/** Makes the resource server of the scopes in a pool, where it is missing. */
export async function provisionScopes(client: CognitoIdentityProviderClient, poolId: string): Promise<void> {
  const pages = paginateListResourceServers({ client }, { UserPoolId: poolId, MaxResults: 50 });
  for await (const { ResourceServers = [] } of pages) {
    if (ResourceServers.some(({ Identifier }) => Identifier === RESOURCE_SERVER)) return;
  }
  const server = { UserPoolId: poolId, Identifier: RESOURCE_SERVER, Name: 'Portcullis', Scopes: [SCOPE] };
  try {
    await client.send(new CreateResourceServerCommand(server));
  } catch (error) {
    // Somebody else was quicker.
    if (!(error instanceof InvalidParameterException)) throw error;
  }
}

/** The app client of a service, known by its name in the pool; made where it is missing. */
export async function provisionServiceClient(
  cognito: CognitoIdentityProviderClient,
  poolId: string,
  service: string,
): Promise<ServiceClient> {
  const name = `service ${service}`;
  const found = await findClient(cognito, poolId, name);
  const { UserPoolClient: client } =
    found === undefined
      ? await cognito.send(
          new CreateUserPoolClientCommand({
            UserPoolId: poolId,
            ClientName: name,
            GenerateSecret: true,
            // Nobody signs in by it.
            ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
            AllowedOAuthFlowsUserPoolClient: true,
            AllowedOAuthFlows: ['client_credentials'],
            AllowedOAuthScopes: [`${RESOURCE_SERVER}/${SCOPE.ScopeName}`],
            AccessTokenValidity: 1,
            TokenValidityUnits: { AccessToken: 'hours' },
          }),
        )
      : await cognito.send(new DescribeUserPoolClientCommand({ UserPoolId: poolId, ClientId: found }));
  if (client?.ClientId === undefined || client.ClientSecret === undefined) {
    throw new TypeError(`The app client of the service ${service} has no id or no secret.`);
  }
  return { clientId: client.ClientId, secret: client.ClientSecret };
}

async function findClient(
  client: CognitoIdentityProviderClient,
  poolId: string,
  name: string,
): Promise<string | undefined> {
  const found: string[] = [];
  const pages = paginateListUserPoolClients({ client }, { UserPoolId: poolId, MaxResults: 60 });
  for await (const { UserPoolClients = [] } of pages) {
    for (const { ClientId, ClientName } of UserPoolClients) {
      if (ClientId !== undefined && ClientName === name) found.push(ClientId);
    }
  }
  return found.sort()[0];
}
