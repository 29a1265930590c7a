import {
  AssociateSoftwareTokenCommand,
  AdminGetUserCommand,
  AdminSetUserMFAPreferenceCommand,
  AdminSetUserPasswordCommand,
  GetUserCommand,
  VerifySoftwareTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { softwareTokens } from '../../src/services/database/schema/embedded-cognito.js';
import {
  makeClient,
  makePool,
  makeUser,
  PASSWORD,
  signIn,
  tokensOf,
  type EmbeddedCognito,
} from '../support/embedded-cognito.js';
import {
  answer,
  answerTotp,
  challengeOf,
  configureMfa,
  enrolTotp,
  makeMfaPool,
  STEP,
  totpAt,
  openCognitoWithMfaPool,
} from '../support/embedded-mfa.js';

let cognito: EmbeddedCognito;
let poolId: string;
let clientId: string;

beforeAll(async () => {
  ({ cognito, poolId, clientId } = await openCognitoWithMfaPool());
});
afterAll(() => cognito.close());

const associate = (AccessToken: string) =>
  cognito.sdk.send(new AssociateSoftwareTokenCommand({ AccessToken }));

const verify = (AccessToken: string, UserCode: string) =>
  cognito.sdk.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode }));

const wrong = (code: string) => code.replace(/^./, (digit) => String((Number(digit) + 1) % 10));

describe('setting up an authenticator', () => {
  it('gives a secret of 160 bits that the database keeps encrypted', async () => {
    const email = 'secret@example.com';
    await makeUser(cognito, poolId, email);
    const secret = await enrolTotp(cognito, clientId, email);
    expect(secret).toMatch(/^[A-Z2-7]{32}$/);
    const kept = await cognito.db.select().from(softwareTokens);
    expect(kept.some(({ secret: sealed }) => sealed?.includes(secret))).toBe(false);
    expect(kept.some(({ secret: sealed }) => (sealed?.length ?? 0) > secret.length)).toBe(true);
  });

  it('is verified by a code, once', async () => {
    const email = 'verify@example.com';
    await makeUser(cognito, poolId, email);
    const { accessToken } = await tokensOf(cognito, clientId, email);
    const { SecretCode = '', Session } = await associate(accessToken);
    expect(Session).toBeUndefined();
    const code = totpAt(cognito, SecretCode);
    await expect(verify(accessToken, wrong(code))).rejects.toMatchObject({
      name: 'EnableSoftwareTokenMFAException',
      message: 'Code mismatch and fail enable Software Token MFA',
    });
    const verified = await verify(accessToken, code);
    expect(verified).toMatchObject({ Status: 'SUCCESS' });
    expect(verified.Session).toBeUndefined();
    await expect(verify(accessToken, code)).rejects.toMatchObject({
      name: 'SoftwareTokenMFANotFoundException',
    });
  });

  it('asks for no code until the authenticator is turned on', async () => {
    const email = 'off@example.com';
    await makeUser(cognito, poolId, email);
    const { accessToken } = await tokensOf(cognito, clientId, email);
    const { SecretCode = '' } = await associate(accessToken);
    await verify(accessToken, totpAt(cognito, SecretCode));
    await expect(signIn(cognito, clientId, email)).resolves.toHaveProperty('AuthenticationResult');
  });

  it('leaves the one in use alone until the new one is verified', async () => {
    const email = 'replace@example.com';
    await makeUser(cognito, poolId, email);
    const { accessToken } = await tokensOf(cognito, clientId, email);
    const old = await enrolTotp(cognito, clientId, email);
    const { SecretCode: fresh = '' } = await associate(accessToken);
    cognito.clock.advance(STEP);
    const { Session } = await challengeOf(cognito, clientId, email);
    await answerTotp(cognito, clientId, email, Session, totpAt(cognito, old));

    await verify(accessToken, totpAt(cognito, fresh));
    cognito.clock.advance(STEP);
    const { Session: next } = await challengeOf(cognito, clientId, email);
    await expect(answerTotp(cognito, clientId, email, next, totpAt(cognito, old))).rejects.toMatchObject({
      name: 'CodeMismatchException',
    });
    await expect(answerTotp(cognito, clientId, email, next, totpAt(cognito, fresh))).resolves.toHaveProperty(
      'AuthenticationResult',
    );
  });

  it('is refused where the pool has no use for it', async () => {
    const plain = await makePool(cognito);
    const { id } = await makeClient(cognito, plain);
    await makeUser(cognito, plain, 'plain@example.com');
    const { accessToken } = await tokensOf(cognito, id, 'plain@example.com');
    await expect(associate(accessToken)).rejects.toMatchObject({
      name: 'SoftwareTokenMFANotFoundException',
    });
  });

  it('wants an access token or a Session', async () => {
    await expect(cognito.sdk.send(new AssociateSoftwareTokenCommand({}))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    await expect(associate('no token')).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });
});

describe('signing in with an authenticator', () => {
  it('asks for a code, and shows that it did', async () => {
    const email = 'plain@example.com';
    const sub = await makeUser(cognito, poolId, email);
    const secret = await enrolTotp(cognito, clientId, email);
    cognito.clock.advance(STEP);
    const challenge = await challengeOf(cognito, clientId, email);
    expect(challenge).toEqual({
      ChallengeName: 'SOFTWARE_TOKEN_MFA',
      ChallengeParameters: { USER_ID_FOR_SRP: sub, FRIENDLY_DEVICE_NAME: 'Telephone' },
      Session: expect.any(String) as string,
    });
    const { AuthenticationResult } = await answerTotp(
      cognito,
      clientId,
      email,
      challenge.Session,
      totpAt(cognito, secret),
    );
    const user = await cognito.sdk.send(
      new GetUserCommand({ AccessToken: AuthenticationResult?.AccessToken }),
    );
    expect(user).toMatchObject({
      UserMFASettingList: ['SOFTWARE_TOKEN_MFA'],
      PreferredMfaSetting: 'SOFTWARE_TOKEN_MFA',
    });
  });

  it('takes no code twice, neither the one that verified it nor one that signed in', async () => {
    const email = 'reuse@example.com';
    await makeUser(cognito, poolId, email);
    const secret = await enrolTotp(cognito, clientId, email);
    const used = {
      name: 'ExpiredCodeException',
      message: 'Your software token has already been used once.',
    };
    const { Session: first } = await challengeOf(cognito, clientId, email);
    const attempt = (session: string | undefined, offset = 0) =>
      answerTotp(cognito, clientId, email, session, totpAt(cognito, secret, offset));
    await expect(attempt(first)).rejects.toMatchObject(used);
    await expect(attempt(first, -STEP)).rejects.toMatchObject(used);
    await expect(attempt(first, STEP)).resolves.toHaveProperty('AuthenticationResult');
    const { Session: second } = await challengeOf(cognito, clientId, email);
    await expect(attempt(second, STEP)).rejects.toMatchObject(used);
  });

  it('gives tokens to one of two who answer at once, in one Session and in two', async () => {
    const email = 'race@example.com';
    await makeUser(cognito, poolId, email);
    const secret = await enrolTotp(cognito, clientId, email);
    const [one, other] = await Promise.all([
      challengeOf(cognito, clientId, email),
      challengeOf(cognito, clientId, email),
    ]);
    for (const sessions of [
      [one.Session, one.Session],
      [other.Session, other.Session, (await challengeOf(cognito, clientId, email)).Session],
    ]) {
      cognito.clock.advance(STEP);
      const answers = await Promise.allSettled(
        sessions.map((session) => answerTotp(cognito, clientId, email, session, totpAt(cognito, secret))),
      );
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    }
  });

  it('ends the Session with the fifth wrong code, whatever comes after', async () => {
    const email = 'guess@example.com';
    await makeUser(cognito, poolId, email);
    const secret = await enrolTotp(cognito, clientId, email);
    cognito.clock.advance(STEP);
    const { Session } = await challengeOf(cognito, clientId, email);
    const right = totpAt(cognito, secret);
    const guesses = await Promise.allSettled(
      Array.from({ length: 8 }, () => answerTotp(cognito, clientId, email, Session, wrong(right))),
    );
    const names = guesses.map((guess) =>
      guess.status === 'rejected' ? (guess.reason as Error).name : 'signed in',
    );
    expect(names.filter((name) => name === 'CodeMismatchException')).toHaveLength(5);
    expect(names.filter((name) => name === 'NotAuthorizedException')).toHaveLength(3);
    await expect(answerTotp(cognito, clientId, email, Session, right)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Invalid session for the user, session is expired.',
    });
  });

  it("is not done with somebody else's Session or code, nor another kind of answer", async () => {
    const [mine, theirs] = ['mine@example.com', 'theirs@example.com'];
    for (const email of [mine, theirs]) await makeUser(cognito, poolId, email);
    const secret = await enrolTotp(cognito, clientId, mine);
    const other = await enrolTotp(cognito, clientId, theirs);
    cognito.clock.advance(STEP);
    const { Session } = await challengeOf(cognito, clientId, mine);
    await expect(
      answerTotp(cognito, clientId, theirs, Session, totpAt(cognito, other)),
    ).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await expect(answerTotp(cognito, clientId, mine, Session, totpAt(cognito, other))).rejects.toMatchObject({
      name: 'CodeMismatchException',
    });
    const { id: another } = await makeClient(cognito, poolId);
    await expect(answerTotp(cognito, another, mine, Session, totpAt(cognito, secret))).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
    for (const code of ['', '12345', '1234567', 'abcdef', '１２３４５６']) {
      await expect(answerTotp(cognito, clientId, mine, Session, code)).rejects.toThrow();
    }
  });

  it('waits for as many minutes as the client says', async () => {
    const { id: patient } = await makeClient(cognito, poolId, { AuthSessionValidity: 15 });
    const email = 'late@example.com';
    await makeUser(cognito, poolId, email);
    const secret = await enrolTotp(cognito, clientId, email);
    const [soon, later] = await Promise.all([
      challengeOf(cognito, clientId, email),
      challengeOf(cognito, patient, email),
    ]);
    cognito.clock.advance(3 * 60_000);
    const code = totpAt(cognito, secret);
    await expect(answerTotp(cognito, clientId, email, soon.Session, code)).rejects.toMatchObject({
      message: 'Invalid session for the user, session is expired.',
    });
    await expect(answerTotp(cognito, patient, email, later.Session, code)).resolves.toHaveProperty(
      'AuthenticationResult',
    );
  });

  it('follows a temporary password too', async () => {
    const email = 'temporary@example.com';
    await makeUser(cognito, poolId, email);
    const secret = await enrolTotp(cognito, clientId, email);
    cognito.clock.advance(STEP);
    const account = { UserPoolId: poolId, Username: email };
    await cognito.sdk.send(
      new AdminSetUserPasswordCommand({ ...account, Password: 'Temporary-horse-7', Permanent: false }),
    );
    const { Session } = await signIn(cognito, clientId, email, 'Temporary-horse-7');

    const next = await answer(
      cognito,
      clientId,
      email,
      { ChallengeName: 'NEW_PASSWORD_REQUIRED', Session },
      { NEW_PASSWORD: PASSWORD },
    );
    expect(next.ChallengeName).toBe('SOFTWARE_TOKEN_MFA');
    expect(next.AuthenticationResult).toBeUndefined();
    await expect(
      answerTotp(cognito, clientId, email, next.Session, totpAt(cognito, secret)),
    ).resolves.toHaveProperty('AuthenticationResult');
  });

  it('is over where an administrator resets it: who waits begins anew, and another one may be set up', async () => {
    const email = 'lost@example.com';
    await makeUser(cognito, poolId, email);
    const lost = await enrolTotp(cognito, clientId, email);
    const before = await cognito.sdk.send(new AdminGetUserCommand({ UserPoolId: poolId, Username: email }));
    cognito.clock.advance(STEP);
    const { Session } = await challengeOf(cognito, clientId, email);
    await cognito.sdk.send(
      new AdminSetUserMFAPreferenceCommand({
        UserPoolId: poolId,
        Username: email,
        SoftwareTokenMfaSettings: { Enabled: false },
      }),
    );
    await expect(answerTotp(cognito, clientId, email, Session, totpAt(cognito, lost))).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
    const after = await cognito.sdk.send(new AdminGetUserCommand({ UserPoolId: poolId, Username: email }));
    expect(after).not.toHaveProperty('UserMFASettingList');
    expect(after).not.toHaveProperty('PreferredMfaSetting');
    expect(after.UserLastModifiedDate?.getTime()).toBe((before.UserLastModifiedDate?.getTime() ?? 0) + STEP);
    const fresh = await enrolTotp(cognito, clientId, email);
    expect(fresh).not.toBe(lost);
    expect((await challengeOf(cognito, clientId, email)).ChallengeName).toBe('SOFTWARE_TOKEN_MFA');
  });
});

it('a pool whose MFA is turned off asks for nothing', async () => {
  const pool = await makeMfaPool(cognito);
  const { id } = await makeClient(cognito, pool);
  await makeUser(cognito, pool, 'off@example.com');
  await enrolTotp(cognito, id, 'off@example.com');
  await configureMfa(cognito, pool, { MfaConfiguration: 'OFF' });
  await expect(signIn(cognito, id, 'off@example.com')).resolves.toHaveProperty('AuthenticationResult');
});
