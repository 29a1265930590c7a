import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { SESSION_END_REASONS } from '../../../../src/services/database/schema/identity.js';
import { reviveRow, sessionColumns, type SessionRow } from '../../../../src/services/sessions/session-row.js';
import { USER_TYPES } from '../../../../src/services/users/user-store.js';

const date = fc.date({ noInvalidDate: true });
const textOrNull = fc.option(fc.string());
const row: fc.Arbitrary<SessionRow> = fc.record({
  id: fc.uuid(),
  family: fc.string(),
  userId: fc.string(),
  userType: fc.constantFrom(...USER_TYPES),
  createdAt: date,
  lastSeenAt: date,
  expiresAt: date,
  endedAt: fc.option(date),
  endReason: fc.option(fc.constantFrom(...SESSION_END_REASONS)),
  ipAddress: textOrNull,
  userAgent: textOrNull,
  mfaAuthenticated: fc.boolean(),
  cognitoSessionId: textOrNull,
  suspiciousSince: fc.option(date),
});
const names = Object.keys(sessionColumns) as (keyof SessionRow)[];
const NULLABLE = ['endedAt', 'endReason', 'ipAddress', 'userAgent', 'cognitoSessionId', 'suspiciousSince'];
const TEXTS = ['id', 'family', 'userId', 'ipAddress', 'userAgent', 'cognitoSessionId'];

const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a row', () => {
  test('comes out of a cache as it went in', () => {
    fc.assert(
      fc.property(row, (one) => {
        expect(reviveRow(written(one))).toEqual(one);
      }),
    );
  });

  test.each(names)('is nothing that lacks %s, or has another kind of thing there', (name) => {
    const others = [undefined, 1, {}, ['x'], [null]];
    const wrong = [
      ...others,
      ...(NULLABLE.includes(name) ? [] : [null]),
      ...(TEXTS.includes(name) ? [] : ['tomorrow']),
    ];
    fc.assert(
      fc.property(row, fc.constantFrom(...wrong), (one, value) => {
        expect(reviveRow(written({ ...one, [name]: value }))).toBeUndefined();
      }),
    );
  });

  test('is no other JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => {
        expect(reviveRow(json)).toBeUndefined();
      }),
    );
  });
});
