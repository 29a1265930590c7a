import { PortcullisError } from '../../errors.js';

/** What may be wrong with a password that somebody chooses. */
export type PasswordRule =
  'LENGTH' | 'UPPERCASE' | 'LOWERCASE' | 'NUMBER' | 'SYMBOL' | 'HISTORY' | 'COMMON' | 'BREACHED';

export interface BrokenRule {
  readonly rule: PasswordRule;
  /** What the password has to do: "have at least 12 characters". */
  readonly message: string;
}

/** What each rule asks for, where nothing more is known of it. */
const MESSAGES: Readonly<Record<PasswordRule, string>> = {
  LENGTH: 'be longer',
  UPPERCASE: 'have an upper-case letter from A to Z',
  LOWERCASE: 'have a lower-case letter from a to z',
  NUMBER: 'have a digit from 0 to 9',
  SYMBOL: 'have a symbol such as - or !',
  HISTORY: 'differ from the ones before',
  COMMON: 'be none that many people use, also without the digits and symbols around it',
  BREACHED: 'be none that has appeared in a data breach',
};

export const broken = (rule: PasswordRule, message = MESSAGES[rule]): BrokenRule => ({ rule, message });

/** The refusal of a password: one sentence for all that is wrong, and for programs each rule with its own words. */
export function passwordRefusal(rules: readonly BrokenRule[]): PortcullisError {
  const wants = rules.map(({ message }) => message).join(' and ');
  const sentence =
    wants === '' ? 'The password does not meet the password policy.' : `The password has to ${wants}.`;
  return new PortcullisError('PASSWORD_POLICY', sentence, {
    ...(rules.length > 0 && { details: { rules: rules.map(({ rule }) => rule), messages: rules } }),
  });
}
