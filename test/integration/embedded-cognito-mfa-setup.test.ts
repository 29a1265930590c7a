import {
  AdminGetUserCommand,
  AssociateSoftwareTokenCommand,
  VerifySoftwareTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import {
  makeClient,
  makeUser,
  openEmbeddedCognito,
  type EmbeddedCognito,
} from '../support/embedded-cognito.js';
import { answer, answerTotp, challengeOf, makeMfaPool, STEP, totpAt } from '../support/embedded-mfa.js';

let cognito: EmbeddedCognito;
let poolId: string;
let clientId: string;

beforeAll(async () => {
  cognito = await openEmbeddedCognito();
  poolId = await makeMfaPool(cognito, {
    MfaConfiguration: 'ON',
    SoftwareTokenMfaConfiguration: { Enabled: true },
  });
  clientId = (await makeClient(cognito, poolId)).id;
});
afterAll(() => cognito.close());

const associate = (Session: string | undefined) =>
  cognito.sdk.send(new AssociateSoftwareTokenCommand({ Session }));

const verify = (Session: string | undefined, UserCode: string) =>
  cognito.sdk.send(new VerifySoftwareTokenCommand({ Session, UserCode }));

const finish = (email: string, Session: string | undefined) =>
  answer(cognito, clientId, email, { ChallengeName: 'MFA_SETUP', Session }, {});

/** Sets up an authenticator on the way of a sign-in. @returns its secret */
async function setUp(email: string) {
  const { Session } = await challengeOf(cognito, clientId, email);
  const { SecretCode = '', Session: next } = await associate(Session);
  const { Session: last } = await verify(next, totpAt(cognito, SecretCode));
  return { secret: SecretCode, session: last };
}

describe('a pool that requires a second factor', () => {
  it('has one set up within the sign-in, and asks for it from then on', async () => {
    const email = 'new@example.com';
    const sub = await makeUser(cognito, poolId, email);
    expect(await challengeOf(cognito, clientId, email)).toEqual({
      ChallengeName: 'MFA_SETUP',
      ChallengeParameters: { USER_ID_FOR_SRP: sub, MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]' },
      Session: expect.any(String) as string,
    });
    const { secret, session } = await setUp(email);
    const { AuthenticationResult } = await finish(email, session);
    expect(AuthenticationResult?.RefreshToken).toBeTypeOf('string');
    const user = await cognito.sdk.send(new AdminGetUserCommand({ UserPoolId: poolId, Username: email }));
    expect(user.UserMFASettingList).toEqual(['SOFTWARE_TOKEN_MFA']);

    cognito.clock.advance(STEP);
    const next = await challengeOf(cognito, clientId, email);
    expect(next.ChallengeName).toBe('SOFTWARE_TOKEN_MFA');
    await expect(
      answerTotp(cognito, clientId, email, next.Session, totpAt(cognito, secret)),
    ).resolves.toHaveProperty('AuthenticationResult');
  });

  it('gives no tokens before one is set up', async () => {
    const email = 'hasty@example.com';
    await makeUser(cognito, poolId, email);
    const { Session } = await challengeOf(cognito, clientId, email);
    await expect(finish(email, Session)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    const { Session: associated } = await associate(Session);
    await expect(finish(email, associated)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });

  it('takes each Session once', async () => {
    const email = 'once@example.com';
    await makeUser(cognito, poolId, email);
    const { Session } = await challengeOf(cognito, clientId, email);
    const { SecretCode = '', Session: second } = await associate(Session);
    await expect(associate(Session)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    const code = totpAt(cognito, SecretCode);
    const { Session: third } = await verify(second, code);
    await expect(verify(second, code)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    const answers = await Promise.allSettled([finish(email, third), finish(email, third)]);
    expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('bears wrong codes up to the fifth', async () => {
    const email = 'clumsy@example.com';
    await makeUser(cognito, poolId, email);
    const { Session } = await challengeOf(cognito, clientId, email);
    const { SecretCode = '', Session: second } = await associate(Session);
    const wrong = totpAt(cognito, SecretCode, -10 * STEP);
    for (let tries = 1; tries <= 5; tries += 1) {
      await expect(verify(second, wrong)).rejects.toMatchObject({
        name: 'EnableSoftwareTokenMFAException',
      });
    }
    await expect(verify(second, totpAt(cognito, SecretCode))).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Invalid session for the user, session is expired.',
    });
  });

  it('lets nobody replace what was set up meanwhile, by the password alone', async () => {
    const email = 'raced@example.com';
    await makeUser(cognito, poolId, email);
    const { Session: thiefs } = await challengeOf(cognito, clientId, email);
    const { session } = await setUp(email);
    await expect(associate(thiefs)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await expect(finish(email, session)).resolves.toHaveProperty('AuthenticationResult');
  });
});
