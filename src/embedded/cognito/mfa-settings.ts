import { z } from 'zod';

import { invalidParameter, noSmsRole } from './exceptions.js';
import { text } from './input.js';

export const mfaConfiguration = z.enum(['OFF', 'ON', 'OPTIONAL']).default('OFF');

/** The role by which Cognito sends text messages. Here it is kept and shown, and does nothing. */
export const smsConfiguration = z.object({
  SnsCallerArn: text(2048, 20),
  ExternalId: text(131_072).optional(),
  SnsRegion: text(32, 5).optional(),
});

/** Where the code stands in a message. */
export const CODE_PLACEHOLDER = '{####}';

const template = (max: number) =>
  text(max, 6).refine(
    (message) => message.includes(CODE_PLACEHOLDER),
    `Member must hold ${CODE_PLACEHOLDER}`,
  );

/**
 * Which second factors a pool allows, beside those of CreateUserPool: email where its member is there at all.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SetUserPoolMfaConfig.html
 */
export const mfaFactorsSchema = z.object({
  SmsMfaConfiguration: z
    .object({
      SmsAuthenticationMessage: template(140).optional(),
      SmsConfiguration: smsConfiguration.optional(),
    })
    .optional(),
  SoftwareTokenMfaConfiguration: z.object({ Enabled: z.boolean().default(false) }).optional(),
  EmailMfaConfiguration: z
    .object({ Message: template(20_000).optional(), Subject: text(140, 1).optional() })
    .optional(),
});

type MfaSettings = z.output<typeof mfaFactorsSchema> & {
  readonly MfaConfiguration: z.output<typeof mfaConfiguration>;
  readonly SmsConfiguration?: z.output<typeof smsConfiguration> | undefined;
};

const hasFactor = ({
  SmsMfaConfiguration,
  SoftwareTokenMfaConfiguration,
  EmailMfaConfiguration,
}: MfaSettings) =>
  SmsMfaConfiguration?.SmsConfiguration !== undefined ||
  SoftwareTokenMfaConfiguration?.Enabled === true ||
  EmailMfaConfiguration !== undefined;

/** @throws InvalidParameterException where factors are chosen and MFA is off, or the other way round */
export function assertMfaConsistent(settings: MfaSettings): void {
  const isOff = settings.MfaConfiguration === 'OFF';
  if (isOff && hasFactor(settings)) {
    throw invalidParameter(
      "Invalid MFA configuration given, can't turn off MFA and configure an MFA together.",
    );
  }
  if (!isOff && !hasFactor(settings)) {
    throw invalidParameter(
      "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.",
    );
  }
}

/**
 * What CreateUserPool and UpdateUserPool ask of MFA, who configure text messages alone.
 * @throws InvalidParameterException, InvalidSmsRoleAccessPolicyException
 */
export function assertMfaPossible(settings: MfaSettings, sendsTexts: boolean): void {
  if (settings.SmsConfiguration && !sendsTexts) throw noSmsRole();
  if (settings.MfaConfiguration !== 'OFF' && !hasFactor(settings)) {
    throw invalidParameter(
      'SMS configuration and Auto verification for phone_number are required when MFA is required/optional',
    );
  }
}
