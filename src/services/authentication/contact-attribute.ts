import { badUserInput } from '../../errors.js';
import type { MfaMethod } from '../users/user-store.js';

/** Cognito's name of the attribute that a medium reaches. Throws BAD_USER_INPUT for TOTP, which reaches nobody. */
export function contactAttribute(medium: MfaMethod): 'email' | 'phone_number' {
  switch (medium) {
    case 'EMAIL':
      return 'email';
    case 'SMS':
      return 'phone_number';
    case 'TOTP':
      throw badUserInput('What is verified is an address by EMAIL or a number by SMS.', {
        argument: 'medium',
      });
  }
}
