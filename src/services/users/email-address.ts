import { badUserInput } from '../../errors.js';

/** Cognito's user names, and so the addresses that stand for them, have no more characters. */
const MAX_LENGTH = 128;
const ADDRESS = /^[^\s@]+@[^\s@]+$/;

/**
 * The one form in which an address given by a client is compared and sent on: trimmed, in lower case. Addresses that come
 * out of a pool stay as they are. Throws BAD_USER_INPUT for what no pool would take.
 */
export function normalizeEmail(input: string): string {
  const address = input.trim().toLowerCase();
  if (address.length > MAX_LENGTH || !ADDRESS.test(address)) {
    throw badUserInput('The email address is not valid.', { argument: 'email' });
  }
  return address;
}
