import { z } from 'zod';

import { attributeName } from './input.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNIT_SECONDS = { seconds: 1, minutes: MINUTE, hours: HOUR, days: DAY } as const;
const unit = z.enum(['seconds', 'minutes', 'hours', 'days']);

const authFlow = z.enum([
  'ALLOW_ADMIN_USER_PASSWORD_AUTH',
  'ALLOW_CUSTOM_AUTH',
  'ALLOW_REFRESH_TOKEN_AUTH',
  'ALLOW_USER_AUTH',
  'ALLOW_USER_PASSWORD_AUTH',
  'ALLOW_USER_SRP_AUTH',
  'ADMIN_NO_SRP_AUTH',
  'CUSTOM_AUTH_FLOW_ONLY',
  'USER_PASSWORD_AUTH',
]);

export type AuthFlow = z.output<typeof authFlow>;

/**
 * What CreateUserPoolClient lets one choose, as far as it is kept.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
 */
export const clientSettingsSchema = z
  .object({
    ExplicitAuthFlows: z
      .array(authFlow)
      .default(['ALLOW_REFRESH_TOKEN_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_CUSTOM_AUTH']),
    AccessTokenValidity: z.int().positive().optional(),
    IdTokenValidity: z.int().positive().optional(),
    /** 0 stands for the default. */
    RefreshTokenValidity: z.int().min(0).optional(),
    TokenValidityUnits: z
      .object({
        AccessToken: unit.optional(),
        IdToken: unit.optional(),
        RefreshToken: unit.optional(),
      })
      .default({}),
    EnableTokenRevocation: z.boolean().default(true),
    PreventUserExistenceErrors: z.enum(['ENABLED', 'LEGACY']).default('ENABLED'),
    RefreshTokenRotation: z
      .object({
        Feature: z.enum(['ENABLED', 'DISABLED']),
        RetryGracePeriodSeconds: z.int().min(0).max(60).default(0),
      })
      .default({ Feature: 'DISABLED', RetryGracePeriodSeconds: 0 }),
    ReadAttributes: z.array(attributeName).optional(),
    WriteAttributes: z.array(attributeName).optional(),
  })
  .superRefine((settings, context) => {
    const validity = tokenValidity(settings);
    const within = (name: keyof TokenValidity, path: string, least: number, most: number) => {
      if (validity[name] >= least && validity[name] <= most) return;
      context.addIssue({
        code: 'custom',
        path: [path],
        message: `Member must be ${least} to ${most} seconds`,
      });
    };
    within('accessToken', 'AccessTokenValidity', 5 * MINUTE, DAY);
    within('idToken', 'IdTokenValidity', 5 * MINUTE, DAY);
    within('refreshToken', 'RefreshTokenValidity', HOUR, 3_650 * DAY);
  });

export type ClientSettings = z.output<typeof clientSettingsSchema>;

/** How long a client's tokens live, in seconds. */
export interface TokenValidity {
  accessToken: number;
  idToken: number;
  refreshToken: number;
}

/** What is left out is an hour for access and ID tokens and 30 days for refresh tokens; a unit left out, hours and days. */
export function tokenValidity(settings: ValiditySettings): TokenValidity {
  const { AccessTokenValidity: access, IdTokenValidity: id, RefreshTokenValidity: refresh } = settings;
  const units = settings.TokenValidityUnits;
  return {
    accessToken: access ? access * UNIT_SECONDS[units.AccessToken ?? 'hours'] : HOUR,
    idToken: id ? id * UNIT_SECONDS[units.IdToken ?? 'hours'] : HOUR,
    refreshToken: refresh ? refresh * UNIT_SECONDS[units.RefreshToken ?? 'days'] : 30 * DAY,
  };
}

type ValiditySettings = Pick<
  ClientSettings,
  'AccessTokenValidity' | 'IdTokenValidity' | 'RefreshTokenValidity' | 'TokenValidityUnits'
>;

export interface AppClient {
  readonly id: string;
  readonly poolId: string;
  readonly name: string;
  readonly secret: string | null;
  readonly settings: ClientSettings;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
