import {
  CreateResourceServerCommand,
  CreateUserPoolClientCommand,
  DescribeResourceServerCommand,
  DescribeUserPoolClientCommand,
  ListResourceServersCommand,
  type CreateUserPoolClientCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeClient, openCognitoWithPool, type EmbeddedCognito } from '../../../support/embedded-cognito.js';

let cognito: EmbeddedCognito;
let poolId: string;
let client: { id: string; secret: string };
const SERVICE: Partial<CreateUserPoolClientCommandInput> = {
  GenerateSecret: true,
  ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
  AllowedOAuthFlowsUserPoolClient: true,
  AllowedOAuthFlows: ['client_credentials'],
  AllowedOAuthScopes: ['orders/read', 'orders/write'],
};
const server = (UserPoolId: string, Identifier: string) => ({
  UserPoolId,
  Identifier,
  Name: 'Orders',
  Scopes: ['read', 'write', 'delete'].map((ScopeName) => ({ ScopeName, ScopeDescription: ScopeName })),
});
beforeAll(async () => {
  ({ cognito, poolId } = await openCognitoWithPool());
  await cognito.sdk.send(new CreateResourceServerCommand(server(poolId, 'orders')));
  client = await makeClient(cognito, poolId, SERVICE);
});
afterAll(() => cognito.close());

const basic = (id: string, secret: string) => `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
async function ask(
  form: Record<string, string> | string,
  {
    authorization,
    contentType = 'application/x-www-form-urlencoded',
  }: { authorization?: string; contentType?: string } = {},
) {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  const answer = await cognito.engine.tokenEndpoint({ authorization, contentType, body });
  expect(answer.headers['cache-control']).toBe('no-store');
  return {
    status: answer.statusCode,
    headers: answer.headers,
    ...(JSON.parse(answer.body) as { error?: string; access_token?: string }),
  };
}
const GRANT = { grant_type: 'client_credentials' };
const own = () => ({ authorization: basic(client.id, client.secret) });

describe('the client-credentials grant', () => {
  it('gives a token that the pool’s published keys verify', async () => {
    const { access_token: token = '' } = await ask(GRANT, own());
    const keys = createLocalJWKSet((await cognito.engine.jwks(poolId)) ?? { keys: [] });
    const { payload } = await jwtVerify(token, keys, { currentDate: cognito.clock.now() });
    expect(payload).toMatchObject({ sub: client.id, scope: 'orders/read orders/write' });
  });

  it('gives the scopes asked for, each once', async () => {
    const { access_token: token = '' } = await ask({ ...GRANT, scope: 'orders/write  orders/write' }, own());
    expect(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())).toMatchObject({
      scope: 'orders/write',
    });
  });

  it.each([
    'orders/delete',
    'orders/read orders/delete',
    'openid',
    'aws.cognito.signin.user.admin',
    'nothing',
  ])('gives none for the scope %j', async (scope) => {
    expect(await ask({ ...GRANT, scope }, own())).toMatchObject({ status: 400, error: 'invalid_scope' });
  });

  it.each(['password', 'authorization_code', 'refresh_token', 'CLIENT_CREDENTIALS'])(
    'is not %s',
    async (grant) => {
      expect(await ask({ grant_type: grant }, own())).toMatchObject({
        status: 400,
        error: 'unsupported_grant_type',
      });
    },
  );

  it('is for clients that are let have it', async () => {
    const web = await makeClient(cognito, poolId, { GenerateSecret: true });
    expect(await ask(GRANT, { authorization: basic(web.id, web.secret) })).toMatchObject({
      error: 'unauthorized_client',
    });
  });
});

describe('a client', () => {
  it('proves itself in the header or in the body, not in both', async () => {
    const inBody = { client_id: client.id, client_secret: client.secret };
    expect((await ask({ ...GRANT, ...inBody })).status).toBe(200);
    expect((await ask({ ...GRANT, client_id: client.id }, own())).status).toBe(200);
    expect(await ask({ ...GRANT, ...inBody }, own())).toMatchObject({
      status: 400,
      error: 'invalid_request',
    });
    expect(await ask({ ...GRANT, client_id: 'other' }, own())).toMatchObject({ error: 'invalid_request' });
  });

  it('writes its id and secret like a form in the header', async () => {
    const encoded = client.secret.replace(/^./, (first) => `%${first.charCodeAt(0).toString(16)}`);
    expect((await ask(GRANT, { authorization: basic(client.id, encoded) })).status).toBe(200);
  });

  it('that is unknown, or has another secret or none, is told one and the same', async () => {
    const open = await makeClient(cognito, poolId);
    for (const [id, secret] of [
      [client.id, 'guess'],
      [client.id, `${client.secret}x`],
      ['unknownclient', client.secret],
      [open.id, 'anything'],
    ] as const) {
      const { headers, ...answer } = await ask(GRANT, { authorization: basic(id, secret) });
      expect(answer).toEqual({ status: 401, error: 'invalid_client' });
      expect(headers['www-authenticate']).toMatch(/^Basic realm=/);
      expect(await ask({ ...GRANT, client_id: id, client_secret: secret })).toMatchObject({
        status: 400,
        error: 'invalid_client',
      });
    }
    expect(await ask({ ...GRANT, client_id: open.id })).toMatchObject({ error: 'invalid_client' });
    for (const authorization of ['Bearer x', 'Basic', 'Basic !', basic(client.id, '')]) {
      expect(await ask(GRANT, { authorization })).toMatchObject({ status: 401, error: 'invalid_client' });
    }
  });

  it.each([
    ['no grant', {}],
    ['a parameter twice', 'grant_type=client_credentials&grant_type=client_credentials'],
    ['an empty grant', { grant_type: '' }],
  ])('that sends %s sends an invalid request', async (_what, form) => {
    expect(await ask(form, own())).toMatchObject({ status: 400, error: 'invalid_request' });
  });

  it('sends a form', async () => {
    expect(await ask('{}', { ...own(), contentType: 'application/json' })).toMatchObject({
      error: 'invalid_request',
    });
    expect(
      (await ask(GRANT, { ...own(), contentType: 'application/x-www-form-urlencoded; charset=UTF-8' }))
        .status,
    ).toBe(200);
  });
});

describe('an app client is made', () => {
  it('with what it may have, and shows it', async () => {
    const { UserPoolClient } = await cognito.sdk.send(
      new DescribeUserPoolClientCommand({ UserPoolId: poolId, ClientId: client.id }),
    );
    expect(UserPoolClient).toMatchObject({
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: ['orders/read', 'orders/write'],
      AllowedOAuthFlowsUserPoolClient: true,
    });
  });

  it.each<[string, Partial<CreateUserPoolClientCommandInput>, string]>([
    ['without a secret', { GenerateSecret: false }, 'InvalidOAuthFlowException'],
    ['for a scope that nobody has', { AllowedOAuthScopes: ['orders/fly'] }, 'ScopeDoesNotExistException'],
    ['for a scope of nobody', { AllowedOAuthScopes: ['orders'] }, 'ScopeDoesNotExistException'],
    ['without scopes', { AllowedOAuthScopes: [] }, 'InvalidParameterException'],
    ['without flows', { AllowedOAuthFlows: [] }, 'InvalidParameterException'],
    ['for pages that there are none of', { AllowedOAuthFlows: ['code'] }, 'InvalidParameterException'],
  ])('not %s', async (_what, settings, name) => {
    const input = { ...SERVICE, ...settings, UserPoolId: poolId, ClientName: 'service' };
    await expect(cognito.sdk.send(new CreateUserPoolClientCommand(input))).rejects.toMatchObject({ name });
  });
});

describe('resource servers', () => {
  it('are shown, and listed page by page', async () => {
    for (const identifier of ['b', 'c']) {
      await cognito.sdk.send(new CreateResourceServerCommand(server(poolId, identifier)));
    }
    const { ResourceServer } = await cognito.sdk.send(
      new DescribeResourceServerCommand({ UserPoolId: poolId, Identifier: 'orders' }),
    );
    expect(ResourceServer).toEqual(server(poolId, 'orders'));
    const first = await cognito.sdk.send(
      new ListResourceServersCommand({ UserPoolId: poolId, MaxResults: 2 }),
    );
    expect(first.ResourceServers?.map(({ Identifier }) => Identifier)).toEqual(['b', 'c']);
    const second = await cognito.sdk.send(
      new ListResourceServersCommand({ UserPoolId: poolId, MaxResults: 2, NextToken: first.NextToken }),
    );
    expect([second.ResourceServers?.map(({ Identifier }) => Identifier), second.NextToken]).toEqual([
      ['orders'],
      undefined,
    ]);
  });

  it('are there once, and not where nobody made them', async () => {
    await expect(
      cognito.sdk.send(new CreateResourceServerCommand(server(poolId, 'orders'))),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await expect(
      cognito.sdk.send(new DescribeResourceServerCommand({ UserPoolId: poolId, Identifier: 'none' })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    await expect(
      cognito.sdk.send(new CreateResourceServerCommand(server('eu-west-1_None', 'orders'))),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
