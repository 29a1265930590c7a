import type { UserType } from '../users/user-store.js';

/** What a password that somebody chooses has to be, beyond what the pool itself asks of it. */
export interface PasswordRules {
  /**
   * Judges a new password before anything is done with it.
   *
   * @param argument the argument that it came in, for the error
   * @returns the password in the form in which it goes to the pool
   * @throws PortcullisError BAD_USER_INPUT for what no pool takes; PASSWORD_POLICY, with the broken rules in `details.rules`
   */
  requireAcceptable(password: string, userType: UserType, argument?: string): Promise<string>;
}
