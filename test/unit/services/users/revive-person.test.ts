import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import type { PersonRead } from '../../../../src/services/users/cognito-user-mapping.js';
import { revivePerson, reviveRoles } from '../../../../src/services/users/revive-person.js';
import { MFA_METHODS, USER_STATUSES, USER_TYPES } from '../../../../src/services/users/user-store.js';

const date = fc.date({ noInvalidDate: true });
const textOrNull = fc.option(fc.string());
const method = fc.constantFrom(...MFA_METHODS);
const person: fc.Arbitrary<PersonRead> = fc.record({
  user: fc.record({
    id: fc.string(),
    userType: fc.constantFrom(...USER_TYPES),
    email: textOrNull,
    emailVerified: fc.boolean(),
    phoneNumber: textOrNull,
    phoneNumberVerified: fc.boolean(),
    givenName: textOrNull,
    familyName: textOrNull,
    status: fc.constantFrom(...USER_STATUSES),
    enabled: fc.boolean(),
    createdAt: date,
    updatedAt: date,
  }),
  mfa: fc.record({ enabled: fc.array(method), preferred: fc.option(method) }),
});

const FIELDS = fc
  .sample(person, 1)
  .flatMap(({ user, mfa }) => [
    ...Object.keys(user).map((name) => ['user', name] as const),
    ...Object.keys(mfa).map((name) => ['mfa', name] as const),
  ]);
const NULLABLE = ['email', 'phoneNumber', 'givenName', 'familyName', 'preferred'];
const TEXTS = ['id', 'email', 'phoneNumber', 'givenName', 'familyName'];

const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a person', () => {
  test('comes out of a cache as they went in', () => {
    fc.assert(
      fc.property(person, (one) => {
        expect(revivePerson(written(one))).toEqual(one);
      }),
    );
  });

  test.each(FIELDS)('is nothing that lacks %s.%s, or has another kind of thing there', (part, name) => {
    const wrong = [
      ...[undefined, 1, {}, ['x'], [null]],
      ...(NULLABLE.includes(name) ? [] : [null]),
      ...(TEXTS.includes(name) ? [] : ['tomorrow']),
    ];
    fc.assert(
      fc.property(person, fc.constantFrom(...wrong), (one, value) => {
        expect(revivePerson(written({ ...one, [part]: { ...one[part], [name]: value } }))).toBeUndefined();
      }),
    );
  });

  test('is no other JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(revivePerson(json)).toBeUndefined();
        expect(revivePerson({ user: json, mfa: json })).toBeUndefined();
      }),
    );
  });
});

describe('roles', () => {
  test('come out of a cache as they went in', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (names) => {
        expect(reviveRoles(written(names))).toEqual(names);
      }),
    );
  });

  test.each([null, {}, 'x', '', 1, true, [1, 2], ['member', null], [['member']], { 0: 'member', length: 1 }])(
    'are not %j',
    (json) => {
      expect(reviveRoles(json)).toBeUndefined();
    },
  );
});
