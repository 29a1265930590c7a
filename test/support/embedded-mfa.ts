import {
  AdminSetUserMFAPreferenceCommand,
  AssociateSoftwareTokenCommand,
  RespondToAuthChallengeCommand,
  SetUserMFAPreferenceCommand,
  SetUserPoolMfaConfigCommand,
  VerifySoftwareTokenCommand,
  type ChallengeNameType,
  type SetUserPoolMfaConfigCommandInput,
} from '@aws-sdk/client-cognito-identity-provider';
import { Secret, TOTP } from 'otpauth';

import {
  makeClient,
  makePool,
  openEmbeddedCognito,
  signIn,
  tokensOf,
  type EmbeddedCognito,
} from './embedded-cognito.js';

/** A step of TOTP, in milliseconds. */
export const STEP = 30_000;

export const SMS_CONFIGURATION = { SnsCallerArn: 'arn:aws:iam::000000000000:role/messages' };

type MfaConfig = Omit<SetUserPoolMfaConfigCommandInput, 'UserPoolId'>;

export const ALL_FACTORS: MfaConfig = {
  SmsMfaConfiguration: { SmsConfiguration: SMS_CONFIGURATION },
  SoftwareTokenMfaConfiguration: { Enabled: true },
  EmailMfaConfiguration: {},
};

export const configureMfa = ({ sdk }: EmbeddedCognito, UserPoolId: string, config: MfaConfig) =>
  sdk.send(new SetUserPoolMfaConfigCommand({ UserPoolId, ...config }));

/** A pool that allows every factor and requires none, unless told otherwise. */
export async function makeMfaPool(
  cognito: EmbeddedCognito,
  config: MfaConfig = { MfaConfiguration: 'OPTIONAL', ...ALL_FACTORS },
): Promise<string> {
  const poolId = await makePool(cognito);
  await configureMfa(cognito, poolId, config);
  return poolId;
}

/** An engine with such a pool and a client of it. */
export async function openCognitoWithMfaPool() {
  const cognito = await openEmbeddedCognito();
  const poolId = await makeMfaPool(cognito);
  return { cognito, poolId, clientId: (await makeClient(cognito, poolId)).id };
}

/** What an authenticator shows at a time of the engine's clock. */
export const totpAt = ({ clock }: EmbeddedCognito, secret: string, offset = 0): string =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: clock.now().getTime() + offset });

/** Gives somebody an authenticator, which they prefer. The code of the present step is then used. @returns its secret */
export async function enrolTotp(cognito: EmbeddedCognito, clientId: string, email: string): Promise<string> {
  const { accessToken: AccessToken } = await tokensOf(cognito, clientId, email);
  const { SecretCode = '' } = await cognito.sdk.send(new AssociateSoftwareTokenCommand({ AccessToken }));
  await cognito.sdk.send(
    new VerifySoftwareTokenCommand({
      AccessToken,
      UserCode: totpAt(cognito, SecretCode),
      FriendlyDeviceName: 'Telephone',
    }),
  );
  await cognito.sdk.send(
    new SetUserMFAPreferenceCommand({
      AccessToken,
      SoftwareTokenMfaSettings: { Enabled: true, PreferredMfa: true },
    }),
  );
  return SecretCode;
}

/** The challenge that the password of somebody leads to. */
export async function challengeOf(cognito: EmbeddedCognito, clientId: string, email: string) {
  const { ChallengeName, ChallengeParameters, Session } = await signIn(cognito, clientId, email);
  return { ChallengeName, ChallengeParameters, Session };
}

/** Answers a challenge. */
export const answer = (
  { sdk }: EmbeddedCognito,
  ClientId: string,
  email: string,
  challenge: { ChallengeName: ChallengeNameType; Session: string | undefined },
  responses: Record<string, string>,
) =>
  sdk.send(
    new RespondToAuthChallengeCommand({
      ClientId,
      ...challenge,
      ChallengeResponses: { USERNAME: email, ...responses },
    }),
  );

/** Answers with a code of an authenticator. */
export const answerTotp = (
  cognito: EmbeddedCognito,
  clientId: string,
  email: string,
  Session: string | undefined,
  code: string,
) =>
  answer(
    cognito,
    clientId,
    email,
    { ChallengeName: 'SOFTWARE_TOKEN_MFA', Session },
    { SOFTWARE_TOKEN_MFA_CODE: code },
  );

/** Turns on a factor that needs no setting up, and prefers it. */
export const prefer = (
  { sdk }: EmbeddedCognito,
  UserPoolId: string,
  Username: string,
  method: 'SMS_MFA' | 'EMAIL_OTP',
) =>
  sdk.send(
    new AdminSetUserMFAPreferenceCommand({
      UserPoolId,
      Username,
      [method === 'SMS_MFA' ? 'SMSMfaSettings' : 'EmailMfaSettings']: { Enabled: true, PreferredMfa: true },
    }),
  );
