import { badUserInput } from '../../errors.js';

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ConfirmSignUp.html */
const MAX_CODE_LENGTH = 2_048;

/** A code as it was typed, without the blanks around it. Throws BAD_USER_INPUT for what cannot be one. */
export function requireCode(code: string): string {
  const typed = code.trim();
  if (typed === '' || typed.length > MAX_CODE_LENGTH || /\s/.test(typed)) {
    throw badUserInput('The code is not valid.', { argument: 'code' });
  }
  return typed;
}
