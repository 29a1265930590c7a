import { createHmac } from 'node:crypto';

import {
  AdminConfirmSignUpCommand,
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AdminGetUserCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  SignUpCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  makeClient,
  makeUser,
  openCognitoWithPool,
  PASSWORD,
  REGION,
  signIn,
  tokensOf,
  type EmbeddedCognito,
} from '../support/embedded-cognito.js';

let cognito: EmbeddedCognito;
let poolId: string;
let clientId: string;

beforeAll(async () => {
  ({ cognito, poolId, clientId } = await openCognitoWithPool());
});
afterAll(() => cognito.close());

describe('tokens', () => {
  it('have the claims that Cognito documents', async () => {
    const sub = await makeUser(cognito, poolId, 'claims@example.com');
    const { accessToken, idToken } = await tokensOf(cognito, clientId, 'claims@example.com');
    const keys = createLocalJWKSet((await cognito.engine.jwks(poolId)) ?? { keys: [] });
    const issuer = `https://cognito-idp.${REGION}.amazonaws.com/${poolId}`;
    const access = await jwtVerify(accessToken, keys, { issuer, algorithms: ['RS256'] });
    const id = await jwtVerify(idToken, keys, { issuer, audience: clientId, algorithms: ['RS256'] });

    expect(Object.keys(access.payload).sort()).toEqual(
      [
        ...['sub', 'iss', 'client_id', 'origin_jti', 'event_id', 'token_use', 'scope'],
        ...['auth_time', 'exp', 'iat', 'jti', 'username'],
      ].sort(),
    );
    expect(access.payload).toMatchObject({
      sub,
      username: sub,
      client_id: clientId,
      token_use: 'access',
      scope: 'aws.cognito.signin.user.admin',
      auth_time: access.payload.iat,
      exp: (access.payload.iat ?? 0) + 3_600,
    });
    expect(Object.keys(id.payload).sort()).toEqual(
      [
        ...['sub', 'email_verified', 'iss', 'cognito:username', 'origin_jti', 'aud', 'event_id'],
        ...['token_use', 'auth_time', 'exp', 'iat', 'jti', 'email'],
      ].sort(),
    );
    expect(id.payload).toMatchObject({
      sub,
      'cognito:username': sub,
      token_use: 'id',
      email: 'claims@example.com',
      email_verified: true,
      origin_jti: access.payload['origin_jti'],
      event_id: access.payload['event_id'],
    });
    expect(id.payload.jti).not.toBe(access.payload.jti);
  });

  it('satisfy aws-jwt-verify', async () => {
    await makeUser(cognito, poolId, 'verify@example.com');
    const { accessToken, idToken } = await tokensOf(cognito, clientId, 'verify@example.com');
    const verifier = CognitoJwtVerifier.create({ userPoolId: poolId, clientId, tokenUse: null });
    const jwks: unknown = await cognito.engine.jwks(poolId);
    verifier.cacheJwks(jwks as Parameters<typeof verifier.cacheJwks>[0]);
    await expect(verifier.verify(accessToken)).resolves.toMatchObject({ token_use: 'access' });
    await expect(verifier.verify(idToken)).resolves.toMatchObject({ token_use: 'id' });
  });

  it('live as long as the client says', async () => {
    const { id } = await makeClient(cognito, poolId, {
      AccessTokenValidity: 15,
      IdTokenValidity: 2,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'hours' },
    });
    await makeUser(cognito, poolId, 'validity@example.com');
    const { AuthenticationResult } = await signIn(cognito, id, 'validity@example.com');
    expect(AuthenticationResult).toMatchObject({ ExpiresIn: 900, TokenType: 'Bearer' });
  });
});

describe('InitiateAuth with a password', () => {
  it('takes the address in any case, and the sub', async () => {
    const sub = await makeUser(cognito, poolId, 'Mixed.Case@example.com');
    for (const name of ['mixed.case@EXAMPLE.com', sub]) {
      await expect(signIn(cognito, clientId, name)).resolves.toHaveProperty('AuthenticationResult');
    }
  });

  it('gives one answer for a wrong password and for nobody', async () => {
    await makeUser(cognito, poolId, 'generic@example.com');
    for (const name of ['generic@example.com', 'nobody@example.com']) {
      await expect(signIn(cognito, clientId, name, 'Wrong-password-1')).rejects.toMatchObject({
        name: 'NotAuthorizedException',
        message: 'Incorrect username or password.',
      });
    }
  });

  it('says that somebody does not exist where the client may tell', async () => {
    const { id } = await makeClient(cognito, poolId, { PreventUserExistenceErrors: 'LEGACY' });
    await expect(signIn(cognito, id, 'nobody@example.com')).rejects.toMatchObject({
      name: 'UserNotFoundException',
      message: 'User does not exist.',
    });
  });

  it('tells who is disabled or unconfirmed only to who knows the password', async () => {
    await makeUser(cognito, poolId, 'disabled@example.com');
    await cognito.sdk.send(
      new AdminDisableUserCommand({ UserPoolId: poolId, Username: 'disabled@example.com' }),
    );
    const signUp = { ClientId: clientId, Username: 'unconfirmed@example.com', Password: PASSWORD };
    await cognito.sdk.send(new SignUpCommand(signUp));

    await expect(signIn(cognito, clientId, 'disabled@example.com')).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'User is disabled.',
    });
    await expect(signIn(cognito, clientId, 'unconfirmed@example.com')).rejects.toMatchObject({
      name: 'UserNotConfirmedException',
    });
    for (const name of ['disabled@example.com', 'unconfirmed@example.com']) {
      await expect(signIn(cognito, clientId, name, 'Wrong-password-1')).rejects.toMatchObject({
        message: 'Incorrect username or password.',
      });
    }
  });

  it('is refused by a client that does not allow it', async () => {
    const { id } = await makeClient(cognito, poolId, { ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH'] });
    await expect(signIn(cognito, id, 'anybody@example.com')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'USER_PASSWORD_AUTH flow not enabled for this client',
    });
  });

  it('wants the secret hash of a client that has a secret', async () => {
    const client = await makeClient(cognito, poolId, { GenerateSecret: true });
    await makeUser(cognito, poolId, 'secret@example.com');
    const attempt = (SECRET_HASH?: string) =>
      cognito.sdk.send(
        new InitiateAuthCommand({
          ClientId: client.id,
          AuthFlow: 'USER_PASSWORD_AUTH',
          AuthParameters: {
            USERNAME: 'secret@example.com',
            PASSWORD,
            ...(SECRET_HASH !== undefined && { SECRET_HASH }),
          },
        }),
      );
    const hash = createHmac('sha256', client.secret)
      .update(`secret@example.com${client.id}`)
      .digest('base64');
    await expect(attempt(hash)).resolves.toHaveProperty('AuthenticationResult');
    await expect(attempt('bm90IGl0')).rejects.toMatchObject({
      message: `Unable to verify secret hash for client ${client.id}`,
    });
    await expect(attempt()).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });
});

describe('the lockout', () => {
  const fail = (name: string) =>
    signIn(cognito, clientId, name, 'Wrong-password-1').then(
      () => 'signed in',
      ({ message }: Error) => message,
    );
  const LOCKED = 'Password attempts exceeded';
  const WRONG = 'Incorrect username or password.';

  it.each(['known', 'unknown'])('doubles from the fifth failure on, for a name that is %s', async (kind) => {
    const name = `locked-${kind}@example.com`;
    if (kind === 'known') await makeUser(cognito, poolId, name);
    for (let failure = 1; failure <= 5; failure += 1) expect(await fail(name)).toBe(WRONG);
    expect(await fail(name)).toBe(LOCKED);
    cognito.clock.advance(1_000);
    expect(await fail(name)).toBe(WRONG);
    cognito.clock.advance(1_999);
    expect(await fail(name)).toBe(LOCKED);
    cognito.clock.advance(1);
    expect(await fail(name)).toBe(WRONG);
  });

  it('shuts out the right password too, and a success ends the count', async () => {
    await makeUser(cognito, poolId, 'reset@example.com');
    for (let failure = 1; failure <= 5; failure += 1) await fail('reset@example.com');
    await expect(signIn(cognito, clientId, 'reset@example.com')).rejects.toMatchObject({ message: LOCKED });
    cognito.clock.advance(1_000);
    await signIn(cognito, clientId, 'reset@example.com');
    for (let failure = 1; failure <= 5; failure += 1) expect(await fail('reset@example.com')).toBe(WRONG);
  });

  it('forgets after 15 idle minutes', async () => {
    for (let failure = 1; failure <= 4; failure += 1) await fail('idle@example.com');
    cognito.clock.advance(15 * 60_000);
    for (let failure = 1; failure <= 5; failure += 1) expect(await fail('idle@example.com')).toBe(WRONG);
  });

  it('counts five of a burst of tries, and lets none of the others know more', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => fail('burst@example.com')));
    expect(answers.filter((answer) => answer === WRONG)).toHaveLength(5);
    expect(answers.filter((answer) => answer === LOCKED)).toHaveLength(7);
  });

  it('leaves alone who signs in many times at once', async () => {
    await makeUser(cognito, poolId, 'busy@example.com');
    const sessions = await Promise.all(
      Array.from({ length: 8 }, () => signIn(cognito, clientId, 'busy@example.com')),
    );
    expect(sessions.every(({ AuthenticationResult }) => AuthenticationResult)).toBe(true);
  });
});

describe('a temporary password', () => {
  const invite = async (email: string) => {
    await cognito.sdk.send(
      new AdminCreateUserCommand({
        UserPoolId: poolId,
        Username: email,
        UserAttributes: [{ Name: 'email', Value: email }],
      }),
    );
    return (await cognito.lastCode(email)) ?? '';
  };
  const respond = (
    Session: string | undefined,
    email: string,
    password: string,
    others: Record<string, string> = {},
  ) =>
    cognito.sdk.send(
      new RespondToAuthChallengeCommand({
        ClientId: clientId,
        ChallengeName: 'NEW_PASSWORD_REQUIRED',
        Session,
        ChallengeResponses: { USERNAME: email, NEW_PASSWORD: password, ...others },
      }),
    );

  it('is exchanged for one of their own', async () => {
    const email = 'invited@example.com';
    const temporary = await invite(email);
    const challenged = await signIn(cognito, clientId, email, temporary);
    expect(challenged.ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
    expect(challenged.ChallengeParameters).toMatchObject({ requiredAttributes: '[]' });
    expect(JSON.parse(challenged.ChallengeParameters?.['userAttributes'] ?? '')).toMatchObject({ email });

    await expect(respond(challenged.Session, email, 'short')).rejects.toMatchObject({
      name: 'InvalidPasswordException',
    });
    const answered = await respond(challenged.Session, email, PASSWORD, {
      'userAttributes.given_name': 'Ida',
    });
    expect(answered.AuthenticationResult?.RefreshToken).toBeTypeOf('string');
    const { UserStatus, UserAttributes } = await cognito.sdk.send(
      new AdminGetUserCommand({ UserPoolId: poolId, Username: email }),
    );
    expect(UserStatus).toBe('CONFIRMED');
    expect(UserAttributes).toContainEqual({ Name: 'given_name', Value: 'Ida' });

    await expect(respond(challenged.Session, email, PASSWORD)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Invalid session for the user.',
    });
    await expect(signIn(cognito, clientId, email)).resolves.toHaveProperty('AuthenticationResult');
  });

  it('is exchanged once, by whoever comes first', async () => {
    const email = 'twice@example.com';
    const { Session } = await signIn(cognito, clientId, email, await invite(email));
    const answers = await Promise.allSettled([
      respond(Session, email, PASSWORD),
      respond(Session, email, PASSWORD),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('lives seven days, its Session three minutes', async () => {
    const email = 'late@example.com';
    const temporary = await invite(email);
    const { Session } = await signIn(cognito, clientId, email, temporary);
    cognito.clock.advance(180_000);
    await expect(respond(Session, email, PASSWORD)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    cognito.clock.advance(7 * 86_400_000);
    await expect(signIn(cognito, clientId, email, temporary)).rejects.toMatchObject({
      message: 'Temporary password has expired and must be reset by an administrator.',
    });
    cognito.clock.advance(-7 * 86_400_000 - 180_000);
  });

  it("is not answered with somebody else's Session, nor with an invented one", async () => {
    const { Session } = await signIn(cognito, clientId, 'own@example.com', await invite('own@example.com'));
    await invite('other@example.com');
    for (const session of [Session, 'x'.repeat(43)]) {
      await expect(respond(session, 'other@example.com', PASSWORD)).rejects.toMatchObject({
        name: 'NotAuthorizedException',
      });
    }
  });
});

it('AdminConfirmSignUp lets somebody in without a code', async () => {
  const Username = 'admitted@example.com';
  await cognito.sdk.send(new SignUpCommand({ ClientId: clientId, Username, Password: PASSWORD }));
  await cognito.sdk.send(new AdminConfirmSignUpCommand({ UserPoolId: poolId, Username }));
  await expect(signIn(cognito, clientId, Username)).resolves.toHaveProperty('AuthenticationResult');
  await expect(
    cognito.sdk.send(new AdminConfirmSignUpCommand({ UserPoolId: poolId, Username })),
  ).rejects.toMatchObject({ message: 'User cannot be confirmed. Current status is CONFIRMED' });
});
