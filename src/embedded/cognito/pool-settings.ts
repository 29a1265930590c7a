import { z } from 'zod';

import { invalidParameter } from './exceptions.js';
import { attributeName, contactName } from './input.js';
import { mfaConfiguration, mfaFactorsSchema, smsConfiguration } from './mfa-settings.js';
import { passwordPolicySchema } from './password-policy.js';
import { sessionSettingsSchema } from './session-settings.js';

export type ContactName = z.output<typeof contactName>;

const schemaAttribute = z.object({
  Name: attributeName,
  AttributeDataType: z.enum(['String', 'Number', 'DateTime', 'Boolean']).default('String'),
  Mutable: z.boolean().default(true),
  Required: z.boolean().default(false),
});

const accountRecoverySchema = z.object({
  RecoveryMechanisms: z
    .array(
      z.object({
        Name: z.enum(['verified_email', 'verified_phone_number', 'admin_only']),
        Priority: z.int().min(1).max(2),
      }),
    )
    .min(1)
    .max(2),
});

/**
 * What CreateUserPool lets one choose, as far as it is kept; members beyond these are taken and left aside.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html
 */
export const poolSettingsSchema = z.object({
  Policies: z.object({ PasswordPolicy: passwordPolicySchema.prefault({}) }).prefault({}),
  /** People sign in with these instead of a username; the username is then the `sub`. */
  UsernameAttributes: z.array(contactName).default([]),
  /** People sign in with these besides their username, once verified. */
  AliasAttributes: z.array(z.enum(['email', 'phone_number', 'preferred_username'])).default([]),
  AutoVerifiedAttributes: z.array(contactName).default([]),
  /** Contacts that keep their value until their owner has verified the new one. */
  UserAttributeUpdateSettings: z
    .object({ AttributesRequireVerificationBeforeUpdate: z.array(contactName).default([]) })
    .prefault({}),
  AccountRecoverySetting: accountRecoverySchema.optional(),
  UsernameConfiguration: z.object({ CaseSensitive: z.boolean() }).default({ CaseSensitive: false }),
  AdminCreateUserConfig: z.object({ AllowAdminCreateUserOnly: z.boolean().default(false) }).prefault({}),
  MfaConfiguration: mfaConfiguration,
  SmsConfiguration: smsConfiguration.optional(),
  Schema: z.array(schemaAttribute).max(50).default([]),
});

/** What a pool keeps: that, and what SetUserPoolMfaConfig and SetUserPoolSessionConfiguration choose. */
export const keptPoolSettingsSchema = poolSettingsSchema.extend({
  ...mfaFactorsSchema.shape,
  sessions: sessionSettingsSchema.optional(),
});

export type PoolSettings = z.output<typeof keptPoolSettingsSchema>;

export interface UserPool {
  readonly id: string;
  readonly name: string;
  readonly settings: PoolSettings;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/**
 * Holds against each other what the schema holds each by itself.
 * @throws InvalidParameterException
 */
export function assertSettingsAgree(
  settings: Pick<PoolSettings, 'AutoVerifiedAttributes' | 'UserAttributeUpdateSettings'>,
): void {
  const { AttributesRequireVerificationBeforeUpdate: required } = settings.UserAttributeUpdateSettings;
  if (required.every((name) => settings.AutoVerifiedAttributes.includes(name))) return;
  throw invalidParameter(
    'All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes',
  );
}

/** How a pool keeps a name: one that doesn't tell cases apart keeps it in lower case. */
export const normaliseName = (pool: UserPool, name: string) =>
  pool.settings.UsernameConfiguration.CaseSensitive ? name : name.toLowerCase();
