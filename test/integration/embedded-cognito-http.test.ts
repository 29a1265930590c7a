import {
  AuthenticationDetails,
  CognitoUser,
  CognitoUserPool,
  type CognitoUserSession,
} from 'amazon-cognito-identity-js';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startEmbeddedServer, type EmbeddedServer } from '../../src/embedded/server.js';
import {
  makeClient,
  makePool,
  makeUser,
  openEmbeddedCognito,
  PASSWORD,
  type EmbeddedCognito,
} from '../support/embedded-cognito.js';
import { makeMfaPool, STEP, totpAt } from '../support/embedded-mfa.js';

let cognito: EmbeddedCognito;
let server: EmbeddedServer;
let poolId: string;
let clientId: string;

beforeAll(async () => {
  cognito = await openEmbeddedCognito();
  server = await startEmbeddedServer({
    cognito: { port: 0, engine: cognito.engine },
    verifiedPermissions: {
      port: 0,
      service: { ...cognito.engine.service, targetPrefix: 'VerifiedPermissions', operations: {} },
    },
    logger: cognito.engine.service.logger,
  });
  poolId = await makePool(cognito);
  clientId = (await makeClient(cognito, poolId)).id;
});
afterAll(async () => {
  await server.close();
  await cognito.close();
});

const post = (body: BodyInit, operation: string, url = server.cognitoUrl) =>
  fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `AWSCognitoIdentityProviderService.${operation}`,
    },
  });

it('serves amazon-cognito-identity-js', async () => {
  await makeUser(cognito, poolId, 'browser@example.com');
  const Pool = new CognitoUserPool({ UserPoolId: poolId, ClientId: clientId, endpoint: server.cognitoUrl });
  const user = new CognitoUser({ Username: 'browser@example.com', Pool });
  user.setAuthenticationFlowType('USER_PASSWORD_AUTH');
  const details = new AuthenticationDetails({ Username: 'browser@example.com', Password: PASSWORD });
  const session = await new Promise<CognitoUserSession>((onSuccess, onFailure) =>
    user.authenticateUser(details, { onSuccess, onFailure }),
  );
  expect(session.isValid()).toBe(true);
  expect(decodeJwt(session.getIdToken().getJwtToken())).toMatchObject({ email: 'browser@example.com' });
  const refreshed = await new Promise<CognitoUserSession>((resolve, reject) =>
    user.refreshSession(session.getRefreshToken(), (error: Error | null, next: CognitoUserSession) =>
      error ? reject(error) : resolve(next),
    ),
  );
  expect(refreshed.getAccessToken().getJwtToken()).not.toBe('');
});

it('serves the authenticators of amazon-cognito-identity-js, set up within a sign-in and asked for at the next', async () => {
  const UserPoolId = await makeMfaPool(cognito, {
    MfaConfiguration: 'ON',
    SoftwareTokenMfaConfiguration: { Enabled: true },
  });
  const { id: ClientId } = await makeClient(cognito, UserPoolId);
  const Username = 'authenticator@example.com';
  await makeUser(cognito, UserPoolId, Username);
  const Pool = new CognitoUserPool({ UserPoolId, ClientId, endpoint: server.cognitoUrl });
  const details = new AuthenticationDetails({ Username, Password: PASSWORD });
  const newUser = () => {
    const user = new CognitoUser({ Username, Pool });
    user.setAuthenticationFlowType('USER_PASSWORD_AUTH');
    return user;
  };

  let secret = '';
  const first = await new Promise<CognitoUserSession>((onSuccess, onFailure) => {
    const user = newUser();
    const associateSecretCode = (code: string) => {
      secret = code;
      user.verifySoftwareToken(totpAt(cognito, code), 'Browser', { onSuccess, onFailure });
    };
    const mfaSetup = () => user.associateSoftwareToken({ associateSecretCode, onFailure });
    user.authenticateUser(details, { onSuccess, onFailure, mfaSetup });
  });
  expect(first.isValid()).toBe(true);

  cognito.clock.advance(STEP);
  const second = await new Promise<CognitoUserSession>((onSuccess, onFailure) => {
    const user = newUser();
    const totpRequired = (challengeName: string) =>
      user.sendMFACode(totpAt(cognito, secret), { onSuccess, onFailure }, challengeName);
    user.authenticateUser(details, { onSuccess: onFailure, onFailure, totpRequired });
  });
  expect(second.getAccessToken().getJwtToken()).not.toBe(first.getAccessToken().getJwtToken());
});

describe('GET', () => {
  it('serves the keys of a pool and its OpenID configuration', async () => {
    const keys = await fetch(`${server.cognitoUrl}/${poolId}/.well-known/jwks.json`);
    expect(await keys.json()).toEqual({
      keys: [
        expect.objectContaining({
          kty: 'RSA',
          alg: 'RS256',
          use: 'sig',
          e: 'AQAB',
          kid: expect.any(String) as string,
        }),
      ],
    });
    const configuration = await fetch(`${server.cognitoUrl}/${poolId}/.well-known/openid-configuration`);
    expect(await configuration.json()).toMatchObject({
      issuer: `https://cognito-idp.eu-west-1.amazonaws.com/${poolId}`,
    });
  });

  it.each([
    '/',
    '/eu-west-1_nothing00/.well-known/jwks.json',
    '/%00/.well-known/jwks.json',
    '/../etc/passwd',
  ])('finds nothing at %s', async (path) => {
    expect((await fetch(server.cognitoUrl + path)).status).toBe(404);
  });
});

describe('POST', () => {
  it('answers faults with a status, a type and a message', async () => {
    const response = await post('{"AccessToken":"nonsense"}', 'GetUser');
    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-errortype')).toBe('NotAuthorizedException');
    expect(await response.json()).toEqual({
      __type: 'NotAuthorizedException',
      message: 'Invalid Access Token',
    });
    expect((await post('{', 'GetUser')).headers.get('x-amzn-errortype')).toBe('SerializationException');
    expect((await post('{}', 'Nothing')).headers.get('x-amzn-errortype')).toBe('UnknownOperationException');
    expect((await post('{}', 'GetUser', server.verifiedPermissionsUrl)).status).toBe(400);
  });

  it('refuses a body of more than a megabyte, and goes on serving', async () => {
    const response = await post(JSON.stringify({ AccessToken: 'x'.repeat(1024 * 1024) }), 'GetUser');
    expect(response.status).toBe(413);
    expect((await post('{}', 'GetUser')).status).toBe(400);
  });

  const WRONG: unknown[] = [
    null,
    7,
    'x',
    [],
    {},
    true,
    ['x'],
    { Name: {} },
    [{ Name: 7 }],
    'a\0',
    '\ud800',
    -1,
  ];

  it('answers no input of whatever type with a 500', async () => {
    const members = [
      ...[
        'UserPoolId',
        'ClientId',
        'Username',
        'Password',
        'AccessToken',
        'UserAttributes',
        'Filter',
        'Limit',
      ],
      ...[
        'AuthFlow',
        'AuthParameters',
        'ChallengeResponses',
        'Session',
        'GroupName',
        'PaginationToken',
        'Token',
      ],
    ];
    const right = {
      UserPoolId: poolId,
      ClientId: clientId,
      Username: 'somebody@example.com',
      Password: PASSWORD,
      AuthFlow: 'USER_PASSWORD_AUTH',
      AuthParameters: { USERNAME: 'somebody@example.com' },
      MaxResults: 1,
      PoolName: 'p',
      ClientName: 'c',
    };
    for (const operation of Object.keys(cognito.engine.service.operations)) {
      const inputs = members.map((member, index) => ({ ...right, [member]: WRONG[index % WRONG.length] }));
      for (const input of [...inputs, {}]) {
        const { status } = await post(JSON.stringify(input), operation);
        expect({ operation, input, status }).toMatchObject({
          status: expect.toBeOneOf([200, 400]) as number,
        });
      }
    }
  });
});
