import { z } from 'zod';

import { attributeName } from './input.js';
import { oauthSettings } from './oauth-settings.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const UNIT_SECONDS = { seconds: 1, minutes: MINUTE, hours: HOUR, days: DAY } as const;
const unit = z.enum(['seconds', 'minutes', 'hours', 'days']);

const LEGACY_FLOWS = ['ADMIN_NO_SRP_AUTH', 'CUSTOM_AUTH_FLOW_ONLY', 'USER_PASSWORD_AUTH'] as const;

const authFlow = z.enum([
  'ALLOW_ADMIN_USER_PASSWORD_AUTH',
  'ALLOW_CUSTOM_AUTH',
  'ALLOW_REFRESH_TOKEN_AUTH',
  'ALLOW_USER_AUTH',
  'ALLOW_USER_PASSWORD_AUTH',
  'ALLOW_USER_SRP_AUTH',
  ...LEGACY_FLOWS,
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
    /** How long the Session of a challenge is good, in minutes. */
    AuthSessionValidity: z.int().min(3).max(15).default(3),
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
    ...oauthSettings,
  })
  .superRefine((settings, context) => {
    for (const { member, message } of [...flowFaults(settings), ...validityFaults(settings)]) {
      context.addIssue({ code: 'custom', path: [member], message: `Member must ${message}` });
    }
  });

interface Fault {
  readonly member: string;
  /** Completes the sentence "Member must …". */
  readonly message: string;
}

function* flowFaults({ ExplicitAuthFlows: flows, RefreshTokenRotation }: FlowSettings): Generator<Fault> {
  const member = 'ExplicitAuthFlows';
  const legacy = flows.filter((flow) => LEGACY_FLOWS.some((old) => old === flow));
  if (legacy.length > 0 && legacy.length < flows.length) {
    yield { member, message: `not hold both ALLOW_ values and others: ${legacy.join(', ')}` };
  }
  if (RefreshTokenRotation.Feature === 'ENABLED' && flows.includes('ALLOW_REFRESH_TOKEN_AUTH')) {
    yield { member, message: 'not hold ALLOW_REFRESH_TOKEN_AUTH where refresh tokens are rotated' };
  }
}

function* validityFaults(settings: ValiditySettings): Generator<Fault> {
  const validity = tokenValidity(settings);
  const within = [
    ['accessToken', 'AccessTokenValidity', 5 * MINUTE, DAY],
    ['idToken', 'IdTokenValidity', 5 * MINUTE, DAY],
    ['refreshToken', 'RefreshTokenValidity', HOUR, 3_650 * DAY],
  ] as const;
  for (const [token, member, least, most] of within) {
    const seconds = validity[token];
    if (seconds < least || seconds > most) yield { member, message: `be ${least} to ${most} seconds` };
    else if (seconds > validity.refreshToken) yield { member, message: 'not outlast the refresh token' };
  }
}

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

type FlowSettings = Pick<ClientSettings, 'ExplicitAuthFlows' | 'RefreshTokenRotation'>;

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
