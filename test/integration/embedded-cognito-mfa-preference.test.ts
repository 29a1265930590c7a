import {
  AdminGetUserCommand,
  AdminSetUserMFAPreferenceCommand,
  AdminUpdateUserAttributesCommand,
  AssociateSoftwareTokenCommand,
  SetUserMFAPreferenceCommand,
  type SetUserMFAPreferenceCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { makeClient, makeUser, signIn, tokensOf, type EmbeddedCognito } from '../support/embedded-cognito.js';
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

type Preference = Omit<SetUserMFAPreferenceCommandInput, 'AccessToken'>;

const ON = { Enabled: true };
const PREFERRED = { Enabled: true, PreferredMfa: true };
const OFF = { Enabled: false };

let cognito: EmbeddedCognito;
let poolId: string;
let clientId: string;

beforeAll(async () => {
  ({ cognito, poolId, clientId } = await openCognitoWithMfaPool());
});
afterAll(() => cognito.close());

let made = 0;
/** Somebody with a telephone, signed in, and how they choose. */
async function newPerson(attributes: Record<string, string> = { phone_number: '+15550101234' }) {
  const email = `person-${(made += 1)}@example.com`;
  await makeUser(cognito, poolId, email, attributes);
  const { accessToken: AccessToken } = await tokensOf(cognito, clientId, email);
  return {
    email,
    AccessToken,
    choose: (preference: Preference) =>
      cognito.sdk.send(new SetUserMFAPreferenceCommand({ AccessToken, ...preference })),
    settings: async () => {
      const { UserMFASettingList, PreferredMfaSetting } = await cognito.sdk.send(
        new AdminGetUserCommand({ UserPoolId: poolId, Username: email }),
      );
      return [UserMFASettingList, PreferredMfaSetting];
    },
  };
}

const select = (email: string, Session: string | undefined, ANSWER: string) =>
  answer(cognito, clientId, email, { ChallengeName: 'SELECT_MFA_TYPE', Session }, { ANSWER });

describe('SetUserMFAPreference', () => {
  it('turns factors on and off, prefers one, and leaves alone what it does not name', async () => {
    const { choose, settings } = await newPerson();
    expect(await settings()).toEqual([undefined, undefined]);
    await choose({ EmailMfaSettings: PREFERRED });
    await choose({ SMSMfaSettings: ON });
    expect(await settings()).toEqual([['SMS_MFA', 'EMAIL_OTP'], 'EMAIL_OTP']);
    await choose({ SMSMfaSettings: PREFERRED });
    expect(await settings()).toEqual([['SMS_MFA', 'EMAIL_OTP'], 'SMS_MFA']);
    await choose({ SMSMfaSettings: { Enabled: true, PreferredMfa: false } });
    expect(await settings()).toEqual([['SMS_MFA', 'EMAIL_OTP'], undefined]);
    await choose({ EmailMfaSettings: PREFERRED });
    await choose({ EmailMfaSettings: OFF, SMSMfaSettings: {} });
    expect(await settings()).toEqual([undefined, undefined]);
  });

  it('refuses what is not set up, and what contradicts itself', async () => {
    const { choose, settings, AccessToken } = await newPerson({});
    await cognito.sdk.send(new AssociateSoftwareTokenCommand({ AccessToken }));
    for (const preference of [
      { SMSMfaSettings: ON },
      { SoftwareTokenMfaSettings: PREFERRED },
      { EmailMfaSettings: { Enabled: false, PreferredMfa: true } },
      { EmailMfaSettings: { PreferredMfa: true } },
    ]) {
      await expect(choose(preference)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    }
    await expect(choose({ SoftwareTokenMfaSettings: ON })).rejects.toMatchObject({
      message: 'User does not have delivery config set to turn on SOFTWARE_TOKEN_MFA',
    });
    const both = await newPerson();
    await expect(
      both.choose({ SMSMfaSettings: PREFERRED, EmailMfaSettings: PREFERRED }),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    expect([await settings(), await both.settings()]).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  it('refuses what the pool does not allow, and asks for nothing that it no longer allows', async () => {
    const pool = await makeMfaPool(cognito, { MfaConfiguration: 'OPTIONAL', EmailMfaConfiguration: {} });
    const { id } = await makeClient(cognito, pool);
    const account = { UserPoolId: pool, Username: 'narrow@example.com' };
    await makeUser(cognito, pool, account.Username, { phone_number: '+15550101234' });
    const choose = (preference: Preference) =>
      cognito.sdk.send(new AdminSetUserMFAPreferenceCommand({ ...account, ...preference }));
    await expect(choose({ SMSMfaSettings: ON })).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await choose({ EmailMfaSettings: PREFERRED });
    expect((await challengeOf(cognito, id, account.Username)).ChallengeName).toBe('EMAIL_OTP');
    await configureMfa(cognito, pool, {
      MfaConfiguration: 'OPTIONAL',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    });
    await expect(signIn(cognito, id, account.Username)).resolves.toHaveProperty('AuthenticationResult');
  });

  it('leaves one on where one is required; an administrator may take it', async () => {
    const pool = await makeMfaPool(cognito);
    const { id } = await makeClient(cognito, pool);
    const email = 'required@example.com';
    await makeUser(cognito, pool, email);
    const secret = await enrolTotp(cognito, id, email);
    await configureMfa(cognito, pool, {
      MfaConfiguration: 'ON',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    });
    cognito.clock.advance(STEP);
    const { Session } = await challengeOf(cognito, id, email);
    const { AuthenticationResult } = await answerTotp(cognito, id, email, Session, totpAt(cognito, secret));
    const AccessToken = AuthenticationResult?.AccessToken;
    await expect(
      cognito.sdk.send(new SetUserMFAPreferenceCommand({ AccessToken, SoftwareTokenMfaSettings: OFF })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' });
    await cognito.sdk.send(
      new AdminSetUserMFAPreferenceCommand({
        UserPoolId: pool,
        Username: email,
        SoftwareTokenMfaSettings: OFF,
      }),
    );
    expect((await challengeOf(cognito, id, email)).ChallengeName).toBe('MFA_SETUP');
  });

  it('wants a token that is good, and an administrator a user that exists', async () => {
    await expect(
      cognito.sdk.send(new SetUserMFAPreferenceCommand({ AccessToken: 'none', EmailMfaSettings: ON })),
    ).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await expect(
      cognito.sdk.send(
        new AdminSetUserMFAPreferenceCommand({
          UserPoolId: poolId,
          Username: 'nobody@example.com',
          EmailMfaSettings: ON,
        }),
      ),
    ).rejects.toMatchObject({ name: 'UserNotFoundException' });
  });
});

describe('several factors', () => {
  it('are offered where none is preferred, and the one chosen is asked for', async () => {
    const { email, choose } = await newPerson({ phone_number: '+15550109999' });
    const secret = await enrolTotp(cognito, clientId, email);
    await choose({ SMSMfaSettings: ON, EmailMfaSettings: ON, SoftwareTokenMfaSettings: ON });
    cognito.clock.advance(STEP);
    const challenge = await challengeOf(cognito, clientId, email);
    expect(challenge).toMatchObject({
      ChallengeName: 'SELECT_MFA_TYPE',
      ChallengeParameters: { MFAS_CAN_CHOOSE: '["SMS_MFA","SOFTWARE_TOKEN_MFA","EMAIL_OTP"]' },
    });
    expect(await cognito.lastCode('+15550109999')).toBeUndefined();

    const asked = await select(email, challenge.Session, 'SMS_MFA');
    expect(asked).toMatchObject({
      ChallengeName: 'SMS_MFA',
      ChallengeParameters: { CODE_DELIVERY_DESTINATION: '+*******9999' },
    });
    const code = (await cognito.lastCode('+15550109999')) ?? '';
    const sms = { ChallengeName: 'SMS_MFA' as const, Session: asked.Session };
    await expect(answer(cognito, clientId, email, sms, { SMS_MFA_CODE: code })).resolves.toHaveProperty(
      'AuthenticationResult',
    );

    const { Session } = await challengeOf(cognito, clientId, email);
    const totp = await select(email, Session, 'SOFTWARE_TOKEN_MFA');
    expect(totp.ChallengeName).toBe('SOFTWARE_TOKEN_MFA');
    await expect(
      answerTotp(cognito, clientId, email, totp.Session, totpAt(cognito, secret)),
    ).resolves.toHaveProperty('AuthenticationResult');
  });

  it('are chosen among once, and only those that are on', async () => {
    const { email, choose } = await newPerson();
    await choose({ SMSMfaSettings: ON, EmailMfaSettings: ON });
    const { Session } = await challengeOf(cognito, clientId, email);
    for (const wish of ['SOFTWARE_TOKEN_MFA', 'PASSWORD', '']) {
      await expect(select(email, Session, wish)).rejects.toMatchObject({ name: 'InvalidParameterException' });
    }
    await expect(
      answer(cognito, clientId, email, { ChallengeName: 'EMAIL_OTP', Session }, { EMAIL_OTP_CODE: '123456' }),
    ).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    await select(email, Session, 'EMAIL_OTP');
    await expect(select(email, Session, 'EMAIL_OTP')).rejects.toMatchObject({
      name: 'NotAuthorizedException',
    });
  });

  it('count as long as they can be reached', async () => {
    const { email, choose } = await newPerson();
    await choose({ SMSMfaSettings: PREFERRED, EmailMfaSettings: ON });
    await cognito.sdk.send(
      new AdminUpdateUserAttributesCommand({
        UserPoolId: poolId,
        Username: email,
        UserAttributes: [{ Name: 'phone_number', Value: '' }],
      }),
    );
    expect((await challengeOf(cognito, clientId, email)).ChallengeName).toBe('EMAIL_OTP');
  });
});
