import { AdminGetUserCommand } from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { listMessages } from '../../src/embedded/cognito/mailbox-mailer.js';
import { challenges, mailbox } from '../../src/services/database/schema/embedded-cognito.js';
import { makeClient, makeUser, type EmbeddedCognito } from '../support/embedded-cognito.js';
import {
  answer,
  challengeOf,
  configureMfa,
  makeMfaPool,
  prefer,
  SMS_CONFIGURATION,
  openCognitoWithMfaPool,
} from '../support/embedded-mfa.js';

const PHONE = '+15550101234';
const SESSION_EXPIRED = {
  name: 'NotAuthorizedException',
  message: 'Invalid session for the user, session is expired.',
};

let cognito: EmbeddedCognito;
let poolId: string;
let clientId: string;

beforeAll(async () => {
  ({ cognito, poolId, clientId } = await openCognitoWithMfaPool());
});
afterAll(() => cognito.close());

const KINDS = [
  { method: 'SMS_MFA', key: 'SMS_MFA_CODE', medium: 'SMS', masked: '+*******1234', contact: 'phone_number' },
  { method: 'EMAIL_OTP', key: 'EMAIL_OTP_CODE', medium: 'EMAIL', masked: 'm***@e***', contact: 'email' },
] as const;

describe.each(KINDS)('a code for $method', ({ method, key, medium, masked, contact }) => {
  const email = `m-${medium.toLowerCase()}@example.com`;
  const phone = PHONE.replace('555', medium === 'SMS' ? '555' : '556');
  const to = contact === 'email' ? email : phone;

  beforeAll(async () => {
    await makeUser(cognito, poolId, email, { phone_number: phone });
    await prefer(cognito, poolId, email, method);
  });

  const reply = (Session: string | undefined, code: string, name = email) =>
    answer(cognito, clientId, name, { ChallengeName: method, Session }, { [key]: code });
  const lastCode = async () => (await cognito.lastCode(to)) ?? '';
  const wrong = (code: string) => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

  it('is sent, and the answer says where to', async () => {
    const challenge = await challengeOf(cognito, clientId, email);
    expect(challenge).toMatchObject({
      ChallengeName: method,
      ChallengeParameters: {
        USER_ID_FOR_SRP: expect.any(String) as string,
        CODE_DELIVERY_DELIVERY_MEDIUM: medium,
        CODE_DELIVERY_DESTINATION: masked,
      },
    });
    expect((await listMessages(cognito.db, 1))[0]).toMatchObject({
      to,
      kind: 'MFA',
      code: expect.stringMatching(/^\d{6}$/) as string,
    });
    const kept = JSON.stringify(await cognito.db.select().from(challenges));
    expect(kept).not.toContain(await lastCode());
    await expect(reply(challenge.Session, await lastCode())).resolves.toHaveProperty('AuthenticationResult');
  });

  it('is good once, for one of two who give it at once', async () => {
    const { Session } = await challengeOf(cognito, clientId, email);
    const code = await lastCode();
    const answers = await Promise.allSettled([
      reply(Session, code),
      reply(Session, code),
      reply(Session, code),
    ]);
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(reply(Session, code)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
  });

  it('is dead after five wrong tries, also where they come at once', async () => {
    const { Session } = await challengeOf(cognito, clientId, email);
    const code = await lastCode();
    const tries = await Promise.allSettled(Array.from({ length: 7 }, () => reply(Session, wrong(code))));
    const names = tries.map((one) => (one.status === 'rejected' ? (one.reason as Error).name : 'signed in'));
    expect(names.filter((name) => name === 'CodeMismatchException')).toHaveLength(5);
    await expect(reply(Session, code)).rejects.toMatchObject(SESSION_EXPIRED);
  });

  it('survives four wrong tries', async () => {
    const { Session } = await challengeOf(cognito, clientId, email);
    const code = await lastCode();
    for (let tries = 1; tries <= 4; tries += 1) {
      await expect(reply(Session, wrong(code))).rejects.toMatchObject({ name: 'CodeMismatchException' });
    }
    await expect(reply(Session, code)).resolves.toHaveProperty('AuthenticationResult');
  });

  it('lives as long as its Session', async () => {
    const { Session } = await challengeOf(cognito, clientId, email);
    cognito.clock.advance(180_000);
    await expect(reply(Session, await lastCode())).rejects.toMatchObject(SESSION_EXPIRED);
  });

  it('belongs to its Session alone', async () => {
    const { Session: first } = await challengeOf(cognito, clientId, email);
    const old = await lastCode();
    const { Session: second } = await challengeOf(cognito, clientId, email);
    const fresh = await lastCode();
    if (old !== fresh) {
      await expect(reply(second, old)).rejects.toMatchObject({ name: 'CodeMismatchException' });
      await expect(reply(first, fresh)).rejects.toMatchObject({ name: 'CodeMismatchException' });
    }
    const other = `other-${method.toLowerCase()}@example.com`;
    await makeUser(cognito, poolId, other);
    await expect(reply(first, old, other)).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await expect(reply(second, fresh)).resolves.toHaveProperty('AuthenticationResult');
  });

  it('shows that the contact is theirs', async () => {
    const name = `proof-${method.toLowerCase()}@example.com`;
    const number = phone.replace('1234', '9876');
    await makeUser(cognito, poolId, name, { phone_number: number, [`${contact}_verified`]: 'false' });
    await prefer(cognito, poolId, name, method);
    const { Session } = await challengeOf(cognito, clientId, name);
    const code = (await cognito.lastCode(contact === 'email' ? name : number)) ?? '';
    await reply(Session, code, name);
    const { UserAttributes } = await cognito.sdk.send(
      new AdminGetUserCommand({ UserPoolId: poolId, Username: name }),
    );
    expect(UserAttributes).toContainEqual({ Name: `${contact}_verified`, Value: 'true' });
  });

  it('that cannot be sent fails the sign-in', async () => {
    cognito.mail.isBroken = true;
    await expect(challengeOf(cognito, clientId, email)).rejects.toMatchObject({
      name: 'CodeDeliveryFailureException',
    });
    cognito.mail.isBroken = false;
  });
});

it('a pool words its messages', async () => {
  const pool = await makeMfaPool(cognito, {
    MfaConfiguration: 'ON',
    SmsMfaConfiguration: { SmsAuthenticationMessage: 'Type {####}!', SmsConfiguration: SMS_CONFIGURATION },
  });
  const { id } = await makeClient(cognito, pool);
  await makeUser(cognito, pool, 'words@example.com', { phone_number: PHONE });
  // One is required, and a telephone needs no setting up.
  expect((await challengeOf(cognito, id, 'words@example.com')).ChallengeName).toBe('SMS_MFA');
  const bodies = await cognito.db.select({ body: mailbox.body, code: mailbox.code }).from(mailbox);
  expect(bodies.at(-1)?.body).toBe(`Type ${bodies.at(-1)?.code}!`);
  await configureMfa(cognito, pool, { MfaConfiguration: 'ON', EmailMfaConfiguration: {} });
  expect((await challengeOf(cognito, id, 'words@example.com')).ChallengeName).toBe('EMAIL_OTP');
});
