import { DrizzleQueryError } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

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
  { code: 'hunter-2' },
  { input: { code: 'hunter-2' } },
  { calls: [{ input: { Password: 'hunter-2', ConfirmationCode: 'hunter-2' } }] },
  { headers: { Authorization: 'hunter-2', 'set-cookie': ['hunter-2'], 'X-Gateway-Secret': 'hunter-2' } },
  { rawHeaders: ['x-gateway-secret', 'hunter-2'] },
  { headers: { 'x-subject-token': 'hunter-2' } },
  { AuthParameters: { SECRET_HASH: 'hunter-2', REFRESH_TOKEN: 'hunter-2' }, Session: 'hunter-2' },
  { input: { new_password: 'hunter-2', proposedPassword: 'hunter-2', clientSecret: 'hunter-2' } },
  { user: { email: 'hunter-2', givenName: 'hunter-2', family_name: 'hunter-2', phone_number: 'hunter-2' } },
  { UserAttributes: [{ Name: 'email', Value: 'hunter-2' }] },
  {
    client: { ipAddress: 'hunter-2', userAgent: 'hunter-2', 'User-Agent': 'hunter-2', sourceIp: 'hunter-2' },
  },
  { mail: { to: 'hunter-2' } },
])('a secret is not written, nor who somebody is: %o', (fields) => {
  const { logger, text } = open();
  logger.info(fields, 'It was sent.');
  expect(text()).toContain('[redacted]');
  expect(text()).not.toContain('hunter-2');
});

test('bytes are not written, and nothing decides for itself how it is', () => {
  const { logger, only } = open();
  logger.info({ sealed: { key: Buffer.from('hunter2'), toJSON: () => 'hunter2' } }, 'It was sealed.');
  expect(only()).toMatchObject({ sealed: { key: '[bytes]' } });
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

test.each([
  'connect ECONNREFUSED 127.0.0.1:5432',
  'Unable to verify secret hash for client 1abc',
  'file:///srv/node_modules/@apollo/server/dist/esm/ApolloServer.js:100:3',
  'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc did not answer.',
])('what only looks like a secret stays: %s', (words) => {
  const { logger, only } = open();
  logger.warn({ words }, words);
  expect(only()).toMatchObject({ words, msg: words });
});

test('what is longer than anybody reads is cut', () => {
  const { logger, only } = open();
  logger.warn({ err: new Error('x'.repeat(1_000_000)) }, 'It failed.');
  expect(String(only().err['message']).length).toBeLessThan(20_000);
});

describe('wherever a secret is planted', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9]{12,24}$/);

  /** How a secret looks in a text. */
  const shape = fc.constantFrom<(secret: string) => string>(
    (it) => `Bearer ${it}`,
    (it) => `portcullis-aws-v1.${it}`,
    (it) => `https://sts.amazonaws.com/?X-Amz-Signature=${it}&X-Amz-Date=1`,
    (it) => `authorization: bearer ${it}`,
    (it) => `eyJ${it}.${it}.${it}`,
    (it) => `eyJ${it}..${it}.${it}.${it}`,
    (it) => `${it}@example.com`,
    (it) => `${it}.o'neil+tag@mail.example`,
    (it) => `postgres://portcullis:${it}@db.internal:5432/portcullis`,
    (it) => `password=${it}&next=1`,
    (it) => JSON.stringify({ clientSecret: `${it} ${it}`, REFRESH_TOKEN: it }),
    (it) => JSON.stringify(JSON.stringify({ password: `${it} ${it}` })),
  );
  const separator = fc.constantFrom('', ' ', '\n', '"', '(', '<', ': ', ', ', '\\ ');
  const text = fc.tuple(fc.string({ unit: 'binary' }), separator.filter(Boolean), shape, separator).map(
    ([before, between, shaped, after]) =>
      (it: string) =>
        `${before}${between}${shaped(it)}${after}`,
  );

  /** Names of secrets, as programs spell them. */
  const name = fc.constantFrom(
    ...['password', 'newPassword', 'access_token', 'REFRESH_TOKEN', 'Authorization', 'x-gateway-secret'],
    ...['x-subject-token', 'subjectToken'],
    ...['Set-Cookie', 'SecretHash', 'email', 'phone_number', 'phoneNumber', 'GivenName', 'ip_address'],
  );

  const planted = fc.oneof(
    text,
    fc.tuple(name, fc.boolean()).map(([key, listed]) => (it: string) => ({ [key]: listed ? [it] : it })),
    text.map((write) => (it: string) => ({ [write(it)]: 1 })),
    text.map((write) => (it: string) => new TypeError(write(it))),
    text.map((write) => (it: string) => new Error('Outside.', { cause: new Error(write(it)) })),
    fc.constant((it: string) => Object.assign(new Error('Broken.'), { config: { data: it } })),
  );
  const wrapping = fc.array(
    fc.constantFrom<(inner: unknown) => unknown>(
      (inner) => ({ inner }),
      (inner) => [1, inner],
      (inner) => ({ err: inner }),
    ),
    { maxLength: 10 },
  );

  test('in the fields, it does not come out', () => {
    fc.assert(
      fc.property(secret, planted, wrapping, (it, plant, wraps) => {
        const { logger, only, text: written } = open();
        logger.info({ field: wraps.reduce<unknown>((inner, wrap) => wrap(inner), plant(it)) }, 'Said.');
        expect(only()).toMatchObject({ msg: 'Said.' });
        expect(written()).not.toContain(it);
      }),
      { numRuns: 1_000 },
    );
  });

  test('in the message, it does not come out', () => {
    fc.assert(
      fc.property(secret, text, fc.integer({ min: 0, max: 5 }), (it, write, way) => {
        const { logger, only, text: written } = open();
        if (way === 0) logger.error(write(it));
        if (way === 1) logger.error({ questions: 1 }, write(it));
        if (way === 2) logger.error(new Error(write(it)));
        if (way === 3) logger.error({ err: new Error(write(it)) });
        if (way === 4) logger.error('It said %s, and %o.', write(it), { password: it });
        if (way === 5) logger.error({ questions: 1 }, 'Bearer %s', it);
        expect(only()).toMatchObject({ level: 50 });
        expect(written()).not.toContain(it);
      }),
      { numRuns: 1_000 },
    );
  });
});
