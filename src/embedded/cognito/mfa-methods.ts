import type { PoolSettings, UserPool } from './pool-settings.js';
import type { MfaMethod, User } from './user-store.js';

type Person = Pick<User, 'attributes' | 'mfaMethods' | 'preferredMfa'>;

/** The attribute that a code is sent to; an authenticator needs none. */
export const CONTACT_OF = {
  SMS_MFA: 'phone_number',
  EMAIL_OTP: 'email',
} as const satisfies Partial<Record<MfaMethod, string>>;

/** The second factors that a pool allows, in the order in which they are offered. */
export function allowedMethods(settings: PoolSettings): MfaMethod[] {
  if (settings.MfaConfiguration === 'OFF') return [];
  return [
    ...(settings.SmsMfaConfiguration?.SmsConfiguration ? (['SMS_MFA'] as const) : []),
    ...(settings.SoftwareTokenMfaConfiguration?.Enabled ? (['SOFTWARE_TOKEN_MFA'] as const) : []),
    ...(settings.EmailMfaConfiguration ? (['EMAIL_OTP'] as const) : []),
  ];
}

/**
 * The second factors that somebody may sign in with. Where the pool requires one and they turned none on, those that need
 * no setting up: codes to the telephone or the address that they have.
 */
export function methodsOf({ settings }: UserPool, user: Person): MfaMethod[] {
  const reachable = allowedMethods(settings).filter((method) => isReachable(method, user));
  const turnedOn = reachable.filter((method) => user.mfaMethods.includes(method));
  if (turnedOn.length > 0 || settings.MfaConfiguration !== 'ON') return turnedOn;
  return reachable.filter((method) => method !== 'SOFTWARE_TOKEN_MFA');
}

/** The one of several methods that is asked for, where it is clear which. */
export function methodToAsk(methods: readonly MfaMethod[], user: Person): MfaMethod | undefined {
  if (methods.length === 1) return methods[0];
  return methods.find((method) => method === user.preferredMfa);
}

/** Whether a code can get to them: one who has lost their number or address cannot be asked for it. */
export const isReachable = (method: MfaMethod, { attributes }: Pick<User, 'attributes'>): boolean =>
  method === 'SOFTWARE_TOKEN_MFA' || attributes[CONTACT_OF[method]] !== undefined;
