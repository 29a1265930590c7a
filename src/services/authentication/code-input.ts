import { badUserInput } from '../../errors.js';
import type { MfaMethod } from '../users/user-store.js';

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmSignUp.html */
const MAX_CODE_LENGTH = 2_048;

/** RFC 6238 with six digits, as Cognito's authenticators are set up. */
const TOTP_CODE = /^[0-9]{6}$/;

/**
 * A code of an authenticator, without the blanks around it or in its middle, in digits of any width. Throws BAD_USER_INPUT for
 * what cannot be one.
 */
export function requireTotpCode(code: string): string {
  const typed = code
    .normalize('NFKC')
    .trim()
    .replace(/^(...) (...)$/, '$1$2');
  if (!TOTP_CODE.test(typed)) {
    throw badUserInput('A code of an authenticator has six digits.', { argument: 'code' });
  }
  return typed;
}

/** The code of a second factor, as `requireCode` or `requireTotpCode`. */
export const requireFactorCode = (method: MfaMethod, code: string): string =>
  method === 'TOTP' ? requireTotpCode(code) : requireCode(code);

/** A code as it was typed, without the blanks around it. Throws BAD_USER_INPUT for what cannot be one. */
export function requireCode(code: string): string {
  const typed = code.trim();
  if (typed === '' || typed.length > MAX_CODE_LENGTH || /\s/.test(typed)) {
    throw badUserInput('The code is not valid.', { argument: 'code' });
  }
  return typed;
}
