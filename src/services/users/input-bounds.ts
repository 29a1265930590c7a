import { badUserInput } from '../../errors.js';

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_SignUp.html */
const MAX_PASSWORD_LENGTH = 256;
/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_AttributeType.html */
const MAX_ATTRIBUTE_LENGTH = 2_048;

/** ITU-T E.164: a country code, which begins with no zero, and at most 15 digits in all. */
const E164 = /^\+[1-9]\d{1,14}$/;

export const PHONE_NUMBER_RULE =
  'A phone number is written with its country code, such as +4915112345678; null stands for none.';

/** How many characters a person would count, near enough: code points. */
export const lengthOf = (text: string): number => [...text].length;

/** Spaces of any width are plain ones, and what is written in two ways in Unicode is written in one: RFC 8265, 4.2.2. */
const comparable = (password: string): string => password.replace(/\p{Zs}/gu, ' ').normalize('NFC');

/**
 * A password that is tried or chosen, in the one form in which passwords go to the pools, whatever the keyboard made of it.
 * Throws BAD_USER_INPUT for an empty one, for one that no pool takes, and for what is no text.
 */
export function requirePassword(password: string, argument = 'password'): string {
  // The longest are not worked on: written in parts, a character is of four units at most.
  if (password === '' || password.length > 4 * MAX_PASSWORD_LENGTH) throw badLength(argument);
  if (/[\p{Surrogate}\0]/u.test(password)) throw badUserInput('A password is text.', { argument });
  const compared = comparable(password);
  if (lengthOf(compared) > MAX_PASSWORD_LENGTH) throw badLength(argument);
  return compared;
}

const badLength = (argument: string) =>
  badUserInput(`A password has 1 to ${MAX_PASSWORD_LENGTH} characters.`, { argument });

/** What a person may be given beside their address. */
export interface PersonInput {
  readonly givenName?: string | null | undefined;
  readonly familyName?: string | null | undefined;
  readonly phoneNumber?: string | null | undefined;
}

/** Line breaks and the like: a name with one could begin a line of its own in a mail or a log. Halves of characters are no text. */
const UNFIT = /[\p{Cc}\p{Zl}\p{Zp}\p{Surrogate}]/u;

/**
 * Throws BAD_USER_INPUT for an attribute that is longer than any pool keeps or holds control characters, and for a number that
 * is not in E.164 form.
 */
export function requireBoundedAttributes({ givenName, familyName, phoneNumber }: PersonInput): void {
  for (const [argument, value] of Object.entries({ givenName, familyName, phoneNumber })) {
    if (value) requireBoundedText(argument, value);
  }
  if (phoneNumber) requirePhoneNumber('phoneNumber', phoneNumber);
}

/** @param name of the attribute, where the argument holds several */
export function requireBoundedText(argument: string, value: string, name = argument): void {
  const details = { argument, ...(name !== argument && { attribute: name }) };
  if (value.length > MAX_ATTRIBUTE_LENGTH) {
    throw badUserInput(`${name} has at most ${MAX_ATTRIBUTE_LENGTH} characters.`, details);
  }
  if (UNFIT.test(value)) {
    throw badUserInput(`${name} is text, without line breaks or other control characters.`, details);
  }
}

export function requirePhoneNumber(argument: string, value: string): void {
  if (E164.test(value)) return;
  throw badUserInput(PHONE_NUMBER_RULE, { argument });
}
