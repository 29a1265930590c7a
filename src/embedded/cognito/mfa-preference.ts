import { z } from 'zod';

import { invalidParameter } from './exceptions.js';
import { allowedMethods, isReachable } from './mfa-methods.js';
import type { UserPool } from './pool-settings.js';
import type { CognitoServices } from './services.js';
import type { MfaMethod, User } from './user-store.js';

const setting = z
  .object({ Enabled: z.boolean().default(false), PreferredMfa: z.boolean().default(false) })
  .optional();

/** The members by which somebody's second factors are chosen; one left out leaves its factor as it is. */
export const mfaPreference = {
  SMSMfaSettings: setting,
  SoftwareTokenMfaSettings: setting,
  EmailMfaSettings: setting,
};

type MfaPreference = z.output<z.ZodObject<typeof mfaPreference>>;

const METHODS = {
  SMSMfaSettings: 'SMS_MFA',
  SoftwareTokenMfaSettings: 'SOFTWARE_TOKEN_MFA',
  EmailMfaSettings: 'EMAIL_OTP',
} as const satisfies Record<keyof MfaPreference, MfaMethod>;

/**
 * The second factors of somebody after a choice.
 * @throws InvalidParameterException for one that the pool does not allow or that is not set up, and for two preferred
 */
export async function chooseMfa(
  { softwareTokens }: Pick<CognitoServices, 'softwareTokens'>,
  pool: UserPool,
  user: User,
  preference: MfaPreference,
): Promise<Pick<User, 'mfaMethods' | 'preferredMfa'>> {
  const members = Object.keys(METHODS) as (keyof MfaPreference)[];
  const chosen = members.flatMap((member) => {
    const settings = preference[member];
    return settings ? [{ method: METHODS[member], ...settings }] : [];
  });
  const preferred = chosen.filter(({ PreferredMfa }) => PreferredMfa);
  if (preferred.length > 1) throw invalidParameter('Only one MFA method can be preferred.');
  if (preferred.some(({ Enabled }) => !Enabled)) {
    throw invalidParameter('An MFA method must be enabled to be preferred.');
  }
  const turnedOn = chosen.filter(({ Enabled }) => Enabled).map(({ method }) => method);
  for (const method of turnedOn) await assertSetUp({ softwareTokens }, pool, user, method);

  const isChosen = (method: MfaMethod | null) => chosen.some((choice) => choice.method === method);
  const kept = user.mfaMethods.filter((method) => !isChosen(method));
  return {
    mfaMethods: Object.values(METHODS).filter((method) => [...kept, ...turnedOn].includes(method)),
    preferredMfa: preferred[0]?.method ?? (isChosen(user.preferredMfa) ? null : user.preferredMfa),
  };
}

async function assertSetUp(
  { softwareTokens }: Pick<CognitoServices, 'softwareTokens'>,
  { settings }: UserPool,
  user: User,
  method: MfaMethod,
): Promise<void> {
  if (!allowedMethods(settings).includes(method)) {
    throw invalidParameter(`User pool does not have ${method} enabled`);
  }
  const isSetUp =
    method === 'SOFTWARE_TOKEN_MFA'
      ? (await softwareTokens.find(user)) !== undefined
      : isReachable(method, user);
  if (!isSetUp) throw invalidParameter(`User does not have delivery config set to turn on ${method}`);
}
