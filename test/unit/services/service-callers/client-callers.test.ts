import {
  CreateResourceServerCommand,
  type CreateUserPoolClientCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { provisionScopes } from '../../../../src/embedded/provision-services.js';
import { createAuthenticateCaller } from '../../../../src/services/authentication/service-credential.js';
import type { Authenticate } from '../../../../src/services/authentication/credential.js';
import { createServiceCallers } from '../../../../src/services/service-callers/service-callers.js';
import { makeClient, PASSWORD, tokensOf } from '../../../support/embedded-cognito.js';
import { ADDRESS, openIdentityServices, type IdentityServices } from '../../../support/identity-services.js';
import pino from 'pino';

type Client = Awaited<ReturnType<typeof makeClient>>;

let services: IdentityServices;
let listed: Client;
let unlisted: Client;
let elsewhere: Client;
let both: Client;
let authenticate: Authenticate;
let person: { accessToken: string; idToken: string; email: string };
beforeAll(async () => {
  services = await openIdentityServices();
  const { cognito, pools } = services;
  for (const { poolId } of Object.values(pools)) {
    await provisionScopes(cognito.sdk, poolId);
    const scope = { ScopeName: 'read', ScopeDescription: 'Read orders.' };
    const server = { UserPoolId: poolId, Identifier: 'https://orders.test', Name: 'Orders', Scopes: [scope] };
    await cognito.sdk.send(new CreateResourceServerCommand(server));
  }
  const credentials: Partial<CreateUserPoolClientCommandInput> = {
    GenerateSecret: true,
    AllowedOAuthFlowsUserPoolClient: true,
    AllowedOAuthFlows: ['client_credentials'],
    AllowedOAuthScopes: ['portcullis/decide', 'https://orders.test/read'],
    ExplicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
  };
  [listed, unlisted, elsewhere, both] = await Promise.all([
    makeClient(cognito, pools.ADMIN.poolId, credentials),
    makeClient(cognito, pools.ADMIN.poolId, credentials),
    makeClient(cognito, pools.END_USER.poolId, credentials),
    // By mistake, people sign in by it too.
    makeClient(cognito, pools.ADMIN.poolId, {
      ...credentials,
      GenerateSecret: false,
      AllowedOAuthFlows: [],
      AllowedOAuthScopes: [],
      AllowedOAuthFlowsUserPoolClient: false,
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'],
    }),
  ]);
  const callers = createServiceCallers({
    poolId: pools.ADMIN.poolId,
    clients: new Map([
      [listed.id, 'orders'],
      [elsewhere.id, 'elsewhere'],
      [both.id, 'both'],
    ]),
    jwks: async (issuer) =>
      (await cognito.engine.jwks(issuer.slice(issuer.lastIndexOf('/') + 1))) ?? { keys: [] },
    clock: cognito.clock,
    logger: pino({ level: 'silent' }),
  });
  authenticate = createAuthenticateCaller(callers, services.authentication.authenticate);
  const { email } = await services.person();
  const signIn = await services.authentication.login(
    { email, password: PASSWORD, userType: 'END_USER' },
    ADDRESS,
  );
  if (signIn.kind !== 'authenticated') throw new Error('Not signed in.');
  person = { ...signIn, email };
});
afterAll(() => services.close());

async function tokenOf({ id, secret }: Client, scope = ''): Promise<string> {
  const { body } = await services.cognito.engine.tokenEndpoint({
    contentType: 'application/x-www-form-urlencoded',
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }).toString(),
  });
  const { access_token: token } = JSON.parse(body) as { access_token?: string };
  if (token === undefined) throw new Error(body);
  return token;
}

/** What somebody's token comes to. */
const kindOf = async (token: string) => {
  const credential = await authenticate(`Bearer ${token}`);
  return credential.kind === 'rejected' && 'code' in credential.error
    ? credential.error.code
    : credential.kind;
};

describe('a token of a service’s client', () => {
  it('makes a caller of it, with the scopes it was given for', async () => {
    const token = await tokenOf(listed, 'portcullis/decide');
    expect(await authenticate(`bearer ${token}`)).toEqual({
      kind: 'service',
      service: {
        id: 'orders',
        scopes: ['portcullis/decide'],
        expiresAt: new Date((decodeJwt(token).exp ?? 0) * 1000),
      },
    });
    expect(await authenticate(`Bearer ${await tokenOf(listed, 'https://orders.test/read')}`)).toMatchObject({
      service: { scopes: ['https://orders.test/read'] },
    });
    expect(await authenticate(`Bearer ${await tokenOf(listed)}`)).toMatchObject({
      service: { scopes: ['portcullis/decide', 'https://orders.test/read'] },
    });
  });

  it('says what Cognito’s say', async () => {
    expect(decodeJwt(await tokenOf(listed, 'portcullis/decide'))).toEqual({
      sub: listed.id,
      client_id: listed.id,
      token_use: 'access',
      scope: 'portcullis/decide',
      version: 2,
      iss: services.cognito.engine.issuer(services.pools.ADMIN.poolId),
      auth_time: expect.any(Number) as number,
      iat: expect.any(Number) as number,
      exp: expect.any(Number) as number,
      jti: expect.any(String) as string,
    });
  });

  it('is no person’s, though it is signed by the keys of people’s', async () => {
    const token = await tokenOf(listed);
    await expect(services.verifier.verify(token)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await services.authentication.authenticate(`Bearer ${token}`)).toMatchObject({ kind: 'rejected' });
  });

  it('ends when it says', async () => {
    const token = await tokenOf(listed);
    services.cognito.clock.advance(60 * 60_000);
    expect(await kindOf(token)).toBe('UNAUTHENTICATED');
  });
});

describe('who is taken for whom', () => {
  it.each<[string, () => Promise<string>, string]>([
    ['a person’s access token', async () => (await signInAgain()).accessToken, 'viewer'],
    ['a person’s ID token', async () => (await signInAgain()).idToken, 'UNAUTHENTICATED'],
    ['a client that nobody named', () => tokenOf(unlisted), 'UNAUTHENTICATED'],
    ['a client of the end users’ pool', () => tokenOf(elsewhere), 'UNAUTHENTICATED'],
    [
      'a person who signed in by a service’s client',
      async () => (await tokensOf(services.cognito, both.id, await administrator())).accessToken,
      'UNAUTHENTICATED',
    ],
    [
      'the ID token of such a person',
      async () => (await tokensOf(services.cognito, both.id, await administrator())).idToken,
      'UNAUTHENTICATED',
    ],
    [
      'a service’s token that was changed',
      async () => `${(await tokenOf(listed)).slice(0, -8)}AAAAAAAA`,
      'UNAUTHENTICATED',
    ],
    [
      'a person’s token that says it is a service’s',
      async () => {
        const [header, payload = '', signature] = person.accessToken.split('.');
        const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
        const forged = { ...claims, sub: listed.id, client_id: listed.id, username: undefined };
        return [header, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.');
      },
      'UNAUTHENTICATED',
    ],
    [
      'a credential of IAM where no principal is a service',
      async () => 'portcullis-aws-v1.aHR0cHM6Ly8',
      'UNAUTHENTICATED',
    ],
    ['garbage', async () => 'garbage', 'UNAUTHENTICATED'],
  ])('%s', async (_what, make, kind) => {
    expect(await kindOf(await make())).toBe(kind);
  });

  it('nobody is nobody, and another scheme is refused', async () => {
    expect(await authenticate(undefined)).toEqual({ kind: 'anonymous' });
    expect(await authenticate(`Basic ${await tokenOf(listed)}`)).toMatchObject({ kind: 'rejected' });
  });
});

async function signInAgain() {
  const { email, password, userType } = {
    email: person.email,
    password: PASSWORD,
    userType: 'END_USER' as const,
  };
  const signIn = await services.authentication.login({ email, password, userType }, ADDRESS);
  if (signIn.kind !== 'authenticated') throw new Error('Not signed in.');
  return signIn;
}

const administrator = async () => (await services.person('ADMIN')).email;
