import type { MfaMethod } from '../users/user-store.js';

/**
 * Cognito's name of each factor, in challenges and in a person's settings alike.
 * https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_RespondToAuthChallenge.html
 */
export const FACTOR_NAMES = {
  TOTP: 'SOFTWARE_TOKEN_MFA',
  SMS: 'SMS_MFA',
  EMAIL: 'EMAIL_OTP',
} as const satisfies Record<MfaMethod, string>;

/** Under which name an answer to a challenge brings its code. */
export const CODE_NAMES = {
  TOTP: 'SOFTWARE_TOKEN_MFA_CODE',
  SMS: 'SMS_MFA_CODE',
  EMAIL: 'EMAIL_OTP_CODE',
} as const satisfies Record<MfaMethod, string>;

const METHODS = new Map<string, MfaMethod>(
  Object.entries(FACTOR_NAMES).map(([method, name]) => [name, method as MfaMethod]),
);

/** Undefined for what is no second factor, or one that this service does not know. */
export const methodOf = (factorName: string | undefined): MfaMethod | undefined =>
  factorName === undefined ? undefined : METHODS.get(factorName);

/** The factors of a challenge's parameter such as `["SMS_MFA","SOFTWARE_TOKEN_MFA"]`. */
export function methodsOf(parameter: string | undefined): MfaMethod[] {
  const names: unknown = JSON.parse(parameter ?? '[]');
  if (!Array.isArray(names)) return [];
  return names.flatMap((name) => (typeof name === 'string' ? (methodOf(name) ?? []) : []));
}
