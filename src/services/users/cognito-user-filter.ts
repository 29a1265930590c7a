import { badUserInput } from '../../errors.js';
import { normalizeEmail } from './email-address.js';
import type { UserSearch } from './user-store.js';

/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_ListUsers.html */
const MAX_FILTER_LENGTH = 256;

const NAMES = {
  email: 'email',
  phoneNumber: 'phone_number',
  givenName: 'given_name',
  familyName: 'family_name',
  status: 'cognito:user_status',
} as const;

/** A search as ListUsers writes it, such as `email ^= "a"`. Throws BAD_USER_INPUT when it grows too long. */
export function toCognitoFilter(search: UserSearch): string {
  const filter = write(search);
  if (filter.length > MAX_FILTER_LENGTH)
    throw badUserInput('The filter is too long.', { argument: 'filter' });
  return filter;
}

function write(search: UserSearch): string {
  if (search.attribute === 'enabled') return `status = "${search.value ? 'Enabled' : 'Disabled'}"`;
  if (search.attribute === 'email' && search.operator === 'startsWith') {
    return `email ^= ${quote(search.value.trim().toLowerCase())}`;
  }
  const value = search.attribute === 'email' ? normalizeEmail(search.value) : search.value;
  return `${NAMES[search.attribute]} ${search.operator === 'equals' ? '=' : '^='} ${quote(value)}`;
}

/** Control characters have no place in an attribute, and Cognito's parser no way to write them. */
function quote(value: string): string {
  if (/\p{Cc}/u.test(value))
    throw badUserInput('The filter has a control character.', { argument: 'filter' });
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}
