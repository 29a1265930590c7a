import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseUserFilter } from '../../../../src/embedded/cognito/list-users-filter.js';
import { toCognitoFilter } from '../../../../src/services/users/cognito-user-filter.js';
import type { UserSearch } from '../../../../src/services/users/user-store.js';

describe('a search is written as', () => {
  test.each<[string, UserSearch]>([
    ['email = "a@b.c"', { attribute: 'email', operator: 'equals', value: ' A@B.C ' }],
    ['email ^= "fri"', { attribute: 'email', operator: 'startsWith', value: 'FRI' }],
    ['phone_number = "+4930123"', { attribute: 'phoneNumber', operator: 'equals', value: '+4930123' }],
    ['given_name ^= "Fri"', { attribute: 'givenName', operator: 'startsWith', value: 'Fri' }],
    ['family_name ^= "O\\"\\\\"', { attribute: 'familyName', operator: 'startsWith', value: 'O"\\' }],
    ['cognito:user_status = "CONFIRMED"', { attribute: 'status', operator: 'equals', value: 'CONFIRMED' }],
    ['status = "Enabled"', { attribute: 'enabled', operator: 'equals', value: true }],
    ['status = "Disabled"', { attribute: 'enabled', operator: 'equals', value: false }],
  ])('%s', (filter, search) => expect(toCognitoFilter(search)).toBe(filter));
});

test('no value breaks out of its quotes', () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 100, unit: fc.constantFrom('a', '"', '\\', ' ', '=', '^') }),
      (value) => {
        const filter = toCognitoFilter({ attribute: 'givenName', operator: 'startsWith', value });
        expect(parseUserFilter(filter)).toEqual({ attribute: 'given_name', operator: '^=', value });
      },
    ),
  );
});

test.each([
  ['too long a value', 'a'.repeat(250)],
  ['a control character', 'a\nb'],
])('%s is refused', (_what, value) => {
  expect(() => toCognitoFilter({ attribute: 'givenName', operator: 'startsWith', value })).toThrow(
    expect.objectContaining({ code: 'BAD_USER_INPUT' }),
  );
});
