import { DrizzleQueryError } from 'drizzle-orm';
import { expect, test } from 'vitest';

import { PortcullisError } from '../../../src/errors.js';
import { createLogger } from '../../../src/services/create-logger.js';

function open() {
  const lines: string[] = [];
  const logger = createLogger('info', { write: (line) => void lines.push(line) });
  const only = () => JSON.parse(lines.join('')) as { err: Record<string, unknown>; [field: string]: unknown };
  return { logger, only, text: () => lines.join('') };
}

test('an error is written with its kind, message, code, stack and causes, and nothing else of it', () => {
  const { logger, only, text } = open();
  const cause = Object.assign(new TypeError('connect ECONNREFUSED'), {
    code: 'ECONNREFUSED',
    client: { password: 'hunter2' },
  });
  const error = Object.assign(new PortcullisError('UPSTREAM_UNAVAILABLE', 'Away.', { cause }), {
    command: { name: 'auth', args: ['hunter2'] },
  });
  logger.error({ err: error }, 'It failed.');
  expect(only().err).toEqual({
    type: 'PortcullisError',
    message: 'Away.',
    code: 'UPSTREAM_UNAVAILABLE',
    stack: error.stack,
    cause: { type: 'TypeError', message: 'connect ECONNREFUSED', code: 'ECONNREFUSED', stack: cause.stack },
  });
  expect(text()).not.toContain('hunter2');
});

test('a failed query is written as what the database said of it, without its parameters', () => {
  const { logger, only, text } = open();
  const cause = Object.assign(new Error('relation does not exist'), { code: '42P01', params: ['hunter2'] });
  const failed = new DrizzleQueryError('select $1', ['hunter2'], cause);
  logger.error({ err: new Error('Not read.', { cause: failed }) }, 'It failed.');
  expect(only().err).toMatchObject({
    message: 'Not read.',
    cause: { message: 'relation does not exist', code: '42P01' },
  });
  expect(text()).not.toContain('hunter2');
});

test('an error is described wherever it is, also one whose causes go round', () => {
  const { logger, only, text } = open();
  const error = Object.assign(new Error('Round.'), { args: ['hunter2'] });
  error.cause = error;
  logger.warn({ attempts: [{ error }] }, 'It failed.');
  expect(only()).toMatchObject({
    attempts: [{ error: { message: 'Round.', cause: { message: 'Round.' } } }],
  });
  expect(text()).not.toContain('hunter2');
});

test.each([
  { code: '123456' },
  { input: { code: '123456' } },
  { calls: [{ input: { Password: '123456', ConfirmationCode: '123456' } }] },
  { headers: { Authorization: '123456' } },
])('a secret is not written: %o', (fields) => {
  const { logger, text } = open();
  logger.info(fields, 'It was sent.');
  expect(text()).toContain('[redacted]');
  expect(text()).not.toContain('123456');
});

test('what is no secret is written as it is', () => {
  const { logger, only } = open();
  const at = new Date(0);
  logger.info({ session: 'a', checks: 3, at, of: null, tags: ['x'] }, 'It happened.');
  expect(only()).toMatchObject({ session: 'a', checks: 3, at: at.toISOString(), of: null, tags: ['x'] });
});

test('a level below the one wanted is not written', () => {
  const { logger, text } = open();
  logger.debug({}, 'Nobody asked.');
  expect(text()).toBe('');
});
