import { badUserInput } from '../../errors.js';
import { requirePassword } from '../users/input-bounds.js';
import type { UserType } from '../users/user-store.js';
import type { IsBreached } from './breached-passwords.js';
import { broken, passwordRefusal } from './broken-rule.js';
import type { IsCommon } from './common-passwords.js';
import { policyBreaches, type PolicyOf } from './pool-policy.js';

/** What a password that somebody chooses has to be, beyond what the pool itself asks of it. */
export interface PasswordRules {
  /**
   * Judges a new password before anything is done with it.
   *
   * @param argument the argument that it came in, for the error
   * @returns the password in the form in which it goes to the pool
   * @throws PortcullisError BAD_USER_INPUT for what no pool takes; PASSWORD_POLICY with every broken rule in `details.rules`, and
   * what it asks for in `details.messages`
   */
  requireAcceptable(password: string, userType: UserType, argument?: string): Promise<string>;
}

export interface PasswordRulesDependencies {
  readonly policyOf: PolicyOf;
  readonly isCommon: IsCommon;
  /** Left out where nobody is to be asked. */
  readonly isBreached?: IsBreached | undefined;
}

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html: `^[\S]+.*[\S]+$` */
const REFUSED_BY_COGNITO = /^\s|\s$|[\n\r\u2028\u2029]/;

export const createPasswordRules = ({
  policyOf,
  isCommon,
  isBreached,
}: PasswordRulesDependencies): PasswordRules => ({
  async requireAcceptable(password, userType, argument = 'password') {
    const chosen = requirePassword(password, argument);
    if (REFUSED_BY_COGNITO.test(chosen)) {
      throw badUserInput('A password neither begins nor ends with a space, and has no line breaks.', {
        argument,
      });
    }
    const [policy, common, breached] = await Promise.all([
      policyOf(userType),
      isCommon(chosen),
      isBreached?.(chosen),
    ]);
    const rules = [
      ...(policy ? policyBreaches(policy, chosen) : []),
      ...(common ? [broken('COMMON')] : []),
      ...(breached ? [broken('BREACHED')] : []),
    ];
    if (rules.length > 0) throw passwordRefusal(rules);
    return chosen;
  },
});
