import { PortcullisError } from '../../errors.js';

/** What may be wrong with a password that somebody chooses. */
export type PasswordRule =
  'LENGTH' | 'UPPERCASE' | 'LOWERCASE' | 'NUMBER' | 'SYMBOL' | 'HISTORY' | 'COMMON' | 'BREACHED';

export interface BrokenRule {
  readonly rule: PasswordRule;
  /** What the password has to do: "have at least 12 characters". */
  readonly want: string;
}

/** What each rule asks for, where nothing more is known of it. */
const WANTS: Readonly<Record<PasswordRule, string>> = {
  LENGTH: 'be longer',
  UPPERCASE: 'have an upper-case letter from A to Z',
  LOWERCASE: 'have a lower-case letter from a to z',
  NUMBER: 'have a digit from 0 to 9',
  SYMBOL: 'have a symbol such as ! or -',
  HISTORY: 'be none of your last ones',
  COMMON: 'be none that many people use, also without the digits and symbols around it',
  BREACHED: 'be none that has appeared in a data breach',
};

export const broken = (rule: PasswordRule, want = WANTS[rule]): BrokenRule => ({ rule, want });

const sentence = (want: string): string => `The password must ${want}.`;

/** The refusal of a password: one sentence for all that is wrong, and each rule with a sentence of its own. */
export function passwordRefusal(rules: readonly BrokenRule[]): PortcullisError {
  const message =
    rules.length === 0
      ? 'The password does not meet the password policy.'
      : sentence(rules.map(({ want }) => want).join(' and '));
  return new PortcullisError('PASSWORD_POLICY', message, {
    ...(rules.length > 0 && {
      details: {
        rules: rules.map(({ rule }) => rule),
        messages: rules.map(({ rule, want }) => ({ rule, message: sentence(want) })),
      },
    }),
  });
}
