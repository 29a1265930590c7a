/** Rules of a pool's password policy, by the words with which Cognito names them. */
const RULES: readonly (readonly [pattern: RegExp, rule: string, sentence: string])[] = [
  [/not long enough/i, 'LENGTH', 'be longer'],
  [/uppercase/i, 'UPPERCASE', 'have an upper-case letter'],
  [/lowercase/i, 'LOWERCASE', 'have a lower-case letter'],
  [/numeric|number/i, 'NUMBER', 'have a digit'],
  [/symbol/i, 'SYMBOL', 'have a symbol'],
  [/previously used|history/i, 'HISTORY', 'differ from the ones before'],
];

/** A refused password in our own words, from whatever Cognito's sentence names; none of that sentence is passed on. */
export function describePasswordFault(vendorMessage: string): { message: string; rules: string[] } {
  const broken = RULES.filter(([pattern]) => pattern.test(vendorMessage));
  const wants = broken.map(([, , sentence]) => sentence).join(' and ');
  return {
    message:
      wants === '' ? 'The password does not meet the password policy.' : `The password has to ${wants}.`,
    rules: broken.map(([, rule]) => rule),
  };
}
