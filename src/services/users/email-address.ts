import { domainToASCII } from 'node:url';

import { badUserInput } from '../../errors.js';

/** Cognito's user names, and so the addresses that stand for them, have no more characters. */
export const MAX_EMAIL_LENGTH = 128;
const ADDRESS = /^[^\s@]+@[^\s@]+$/;

/**
 * The one form in which an address given by a client is compared and sent on: trimmed, full-width characters as plain ones
 * (RFC 8265, 3.3), composed (NFC), in lower case, an internationalised domain as the mail carries it (RFC 5891, A-labels).
 * Addresses that come out of a pool stay as they are.
 * Throws BAD_USER_INPUT for what no pool would take.
 */
export function normalizeEmail(input: string): string {
  const typed = plainWidth(input.trim()).normalize('NFC').toLowerCase().normalize('NFC');
  const at = typed.lastIndexOf('@') + 1;
  const address = typed.slice(0, at) + asciiDomain(typed.slice(at));
  if (address.length > MAX_EMAIL_LENGTH || !ADDRESS.test(address)) {
    throw badUserInput('The email address is not valid.', { argument: 'email' });
  }
  return address;
}

/** As keyboards for Chinese, Japanese and Korean write ASCII, which lies in Unicode once more, this much further up. */
const FULL_WIDTH = 0xff01 - 0x21;
const plainWidth = (text: string): string =>
  text.replace(/[\uff01-\uff5e]/g, (character) => String.fromCharCode(character.charCodeAt(0) - FULL_WIDTH));

/** Others stay as they are: they might be taken for numbers. Empty for what is no domain. */
const asciiDomain = (domain: string): string =>
  /^\p{ASCII}*$/u.test(domain) ? domain : domainToASCII(domain);
