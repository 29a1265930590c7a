import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseUserFilter } from '../../../../src/embedded/cognito/list-users-filter.js';

describe('parseUserFilter', () => {
  it.each([
    ['email = "a@b.c"', { attribute: 'email', operator: '=', value: 'a@b.c' }],
    ['email^="a"', { attribute: 'email', operator: '^=', value: 'a' }],
    ['"given_name"  ^=  "Jo"', { attribute: 'given_name', operator: '^=', value: 'Jo' }],
    [
      'cognito:user_status = "CONFIRMED"',
      { attribute: 'cognito:user_status', operator: '=', value: 'CONFIRMED' },
    ],
    ['name = "say \\"hi\\""', { attribute: 'name', operator: '=', value: 'say "hi"' }],
    ['name = ""', { attribute: 'name', operator: '=', value: '' }],
  ])('reads %s', (filter, expected) => {
    expect(parseUserFilter(filter)).toEqual(expected);
  });

  it.each(['', 'email', 'email = a', 'email > "a"', 'email = "a" and name = "b"', 'email = "a', '= "a"'])(
    'cannot parse %s',
    (filter) => {
      expect(() => parseUserFilter(filter)).toThrow('Error while parsing filter');
    },
  );

  it.each(['custom:foo', 'address', 'constructor'])('does not search %s', (name) => {
    expect(() => parseUserFilter(`${name} = "x"`)).toThrow(`Invalid search attribute: ${name}`);
  });

  it('reads back any value that was quoted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        const quoted = value.replace(/["\\]/g, '\\$&');
        expect(parseUserFilter(`email = "${quoted}"`).value).toBe(value);
      }),
    );
  });

  it('takes or refuses any text, and never fails otherwise', () => {
    fc.assert(
      fc.property(fc.string(), (filter) => {
        try {
          parseUserFilter(filter);
        } catch (error) {
          expect(error).toMatchObject({ name: 'InvalidParameterException' });
        }
      }),
    );
  });
});
