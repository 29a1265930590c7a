import { broken, type BrokenRule, type PasswordRule } from '../passwords/broken-rule.js';

/** Rules of a pool's password policy, by the words with which Cognito names them. */
const RULES: readonly (readonly [pattern: RegExp, rule: PasswordRule])[] = [
  [/not long enough/i, 'LENGTH'],
  [/uppercase/i, 'UPPERCASE'],
  [/lowercase/i, 'LOWERCASE'],
  [/numeric|number/i, 'NUMBER'],
  [/symbol/i, 'SYMBOL'],
  [/previously used|history/i, 'HISTORY'],
];

/** What is wrong with a refused password, by whatever Cognito's sentence names; none of that sentence is passed on. */
export const rulesBrokenBy = (vendorMessage: string): BrokenRule[] =>
  RULES.filter(([pattern]) => pattern.test(vendorMessage)).map(([, rule]) => broken(rule));
