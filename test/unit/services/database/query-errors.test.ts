import { expect, it } from 'vitest';

import { isDatabaseOutage } from '../../../../src/services/database/query-errors.js';

const wrapped = (facts: object, message = 'the driver’s') =>
  new Error('Failed query', { cause: Object.assign(new Error(message), facts) });

it.each(['08006', '57P01', '53300', 'ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND'])(
  'calls %s an outage',
  (code) => {
    expect(isDatabaseOutage(wrapped({ code }))).toBe(true);
  },
);

it.each([
  'timeout exceeded when trying to connect',
  'Connection terminated unexpectedly',
  'Query read timeout',
  'Client has encountered a connection error and is not queryable',
])('knows the driver’s own complaint “%s”', (message) => {
  expect(isDatabaseOutage(wrapped({}, message))).toBe(true);
});

it.each(['23505', '42P01', '22021'])('calls %s no outage', (code) => {
  expect(isDatabaseOutage(wrapped({ code }))).toBe(false);
});
