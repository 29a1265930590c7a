import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isAnswer, isUnauthenticated } from '../../../../../examples/web/src/graphql/answer.js';
import { Failure } from '../../../../../examples/web/src/graphql/failure.js';
import { wordsFor } from '../../../../../examples/web/src/parts/words-for.js';

describe('an answer', () => {
  it.each([
    [{ data: {} }],
    [{ data: { me: null }, errors: [] }],
    [{ errors: [{ message: 'No.' }] }],
    [{ data: null, errors: [{ message: 'No.', path: ['me', 0], extensions: { code: 'FORBIDDEN' } }] }],
    [{ errors: [{ message: 'No.', extensions: { retry: { retryable: false, retryAfter: null } } }] }],
  ])('is %j', (body) => expect(isAnswer(body)).toBe(true));

  it.each([
    [null],
    [[]],
    ['data'],
    [{}],
    [{ data: null }],
    [{ data: null, errors: [] }],
    [{ data: 'me' }],
    [{ data: {}, errors: {} }],
    [{ errors: ['No.'] }],
    [{ errors: [{ message: 'No.', extensions: { code: 7 } }] }],
    [{ errors: [{ message: 'No.', extensions: { retry: { retryAfter: 'soon' } } }] }],
    [{ errors: [{ message: 'No.', extensions: { details: 'all' } }] }],
  ])('is not %j', (body) => expect(isAnswer(body)).toBe(false));

  it('of whatever shape has errors that people can be told', () =>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          fc.record({ errors: fc.array(fc.record({ message: fc.string(), extensions: fc.jsonValue() })) }),
        ),
        (body) => {
          if (!isAnswer(body)) return;
          isUnauthenticated(body, 'mutation { logout }');
          for (const error of body.errors ?? []) {
            const { message, points } = wordsFor(Failure.of(error));
            expect([message, ...points].every((text) => typeof text === 'string')).toBe(true);
          }
        },
      ),
    ));
});

describe('an operation that was refused for want of a good token', () => {
  const ONE = 'mutation {\n  logout\n}';
  const TWO = 'mutation {\n  revokeOtherSessions\n  logout\n}';
  const QUERY = '{ me { id } users { nodes { id } } }';
  const refusedAt = (...path: string[]) => [
    { message: 'No.', path, extensions: { code: 'UNAUTHENTICATED' } },
  ];

  it.each([
    ['a query', QUERY, { data: null, errors: refusedAt('users') }],
    ['a mutation of one root field', ONE, { data: null, errors: refusedAt('logout') }],
    ['a mutation of two, of which none began', TWO, { errors: refusedAt() }],
  ])('has done nothing: %s', (_, operation, answer) =>
    expect(isUnauthenticated(answer, operation)).toBe(true),
  );

  it.each([
    ['the root field before it', TWO, { data: null, errors: refusedAt('logout') }],
    [
      'the root field before it, which is told',
      TWO,
      { data: { revokeOtherSessions: 2 }, errors: refusedAt('logout') },
    ],
    ['the field above it', ONE, { data: null, errors: refusedAt('disableUser', 'email') }],
  ])('may have done something already: %s', (_, operation, answer) =>
    expect(isUnauthenticated(answer, operation)).toBe(false),
  );
});

describe('what people are told', () => {
  it('is the message of the service where that speaks to them, with each point of it', () => {
    const messages = [
      { rule: 'LENGTH', message: 'The password must have at least 12 characters.' },
      { rule: 'SYMBOL', message: 'The password must have a symbol such as ! or -.' },
    ];
    const failure = new Failure('PASSWORD_POLICY', 'The password is too weak.', null, { messages });
    expect(wordsFor(failure)).toEqual({
      message: 'The password is too weak.',
      points: [
        'The password must have at least 12 characters.',
        'The password must have a symbol such as ! or -.',
      ],
    });
  });

  it.each([
    ['PASSWORD_RESET_REQUIRED', 'resetPassword'],
    ['USER_NOT_CONFIRMED', 'confirmRegistration'],
  ])('promises no form that is not there: %s is for %s of the API', (code, mutation) => {
    const { message } = wordsFor(new Failure(code, 'No.'));
    expect(message).toContain('this page has no form');
    expect(message).toContain(`${mutation} of the API`);
  });

  it('names no action where something is forbidden', () => {
    const failure = new Failure('FORBIDDEN', 'You may not listUsers on Identity::Application.');
    expect(wordsFor(failure).message).toBe('You may not do this.');
  });
});
