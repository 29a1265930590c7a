import { domainToASCII } from 'node:url';

import { badUserInput } from '../../errors.js';

/** Cognito's user names, and so the addresses that stand for them, have no more characters. */
const MAX_LENGTH = 128;
const ADDRESS = /^[^\s@]+@[^\s@]+$/;

/**
 * The one form in which an address given by a client is compared and sent on: trimmed, composed (NFC), in lower case, an
 * internationalised domain as the mail carries it (RFC 5891, A-labels). Addresses that come out of a pool stay as they are.
 * Throws BAD_USER_INPUT for what no pool would take.
 */
export function normalizeEmail(input: string): string {
  const typed = input.trim().normalize('NFC').toLowerCase().normalize('NFC');
  const at = typed.lastIndexOf('@') + 1;
  const address = typed.slice(0, at) + asciiDomain(typed.slice(at));
  if (address.length > MAX_LENGTH || !ADDRESS.test(address)) {
    throw badUserInput('The email address is not valid.', { argument: 'email' });
  }
  return address;
}

/** Others stay as they are: they might be taken for numbers. Empty for what is no domain. */
const asciiDomain = (domain: string): string =>
  /^\p{ASCII}*$/u.test(domain) ? domain : domainToASCII(domain);
