import fc from 'fast-check';
import { Kind } from 'graphql';
import { GraphQLEmailAddress } from 'graphql-scalars';
import { describe, expect, it, test } from 'vitest';

import { EmailAddress } from '../../../src/schema/email-address.scalar.js';
import { RefusedValue } from '../../../src/schema/ruled-scalar.js';

const ROADS: [string, (value: string) => unknown][] = [
  ['a variable', (value) => EmailAddress.parseValue(value)],
  ['a literal', (value) => EmailAddress.parseLiteral({ kind: Kind.STRING, value })],
];

const refusal = (parse: () => unknown): RefusedValue => {
  try {
    parse();
  } catch (error) {
    if (error instanceof RefusedValue) return error;
    throw error;
  }
  throw new Error('It was taken.');
};

describe.each(ROADS)('an address in %s', (_road, parse) => {
  it.each([
    ['a blank behind it', 'alice@example.com ', 'alice@example.com'],
    ['blanks and line ends around it', '\u3000\t alice@example.com\r\n', 'alice@example.com'],
    ['capitals', 'Alice@Example.COM', 'alice@example.com'],
    ['full-width characters', 'Ａｌｉｃｅ＠ｅｘａｍｐｌｅ．ｃｏｍ', 'alice@example.com'],
    ['an internationalised domain', 'max@bücher.example', 'max@xn--bcher-kva.example'],
    ['such a domain in parts', 'max@bu\u0308cher.example', 'max@xn--bcher-kva.example'],
    ['such a domain as the mail carries it', 'max@xn--bcher-kva.example', 'max@xn--bcher-kva.example'],
    ['an ideographic full stop', 'alice@example。com', 'alice@example.com'],
  ])('is taken with %s, in its normal form', (_what, typed, taken) => {
    expect(parse(typed)).toBe(taken);
  });

  it.each([
    '',
    ' ',
    'not an address',
    'a@b@example.com',
    'two words@example.com',
    'jürgen@example.com',
    'ju\u0308rgen@example.com',
    'alice@-example.com',
    `${'a'.repeat(117)}@example.com`,
  ])('that is none is refused by its rule, and not repeated: %j', (value) => {
    const { message, originalError } = refusal(() => parse(value));
    expect(message).toBe(
      'An email address is like name@example.com: at most 128 characters, and before the @ unaccented letters, digits and signs alone.',
    );
    expect(originalError).toBeUndefined();
  });

  it('is valid where graphql-scalars finds its normal form so', () => {
    fc.assert(
      fc.property(fc.emailAddress({ size: 'small' }), (address) => {
        fc.pre(address.length <= 128);
        expect(parse(`${address.toUpperCase()} `)).toBe(
          GraphQLEmailAddress.parseValue(address.toLowerCase()),
        );
      }),
    );
  });
});

test.each([[7], [true], [['alice@example.com']], [{ email: 'alice@example.com' }]])(
  '%j is no address',
  (value) => {
    expect(() => EmailAddress.parseValue(value)).toThrow(RefusedValue);
  },
);

test('a literal that is no text is no address, and says where it is', () => {
  const node = { kind: Kind.INT, value: '7' } as const;
  expect(refusal(() => EmailAddress.parseLiteral(node)).nodes).toEqual([node]);
});

test('an address of a pool is sent out as it stands there', () => {
  expect(EmailAddress.serialize('Alice@Example.COM')).toBe('Alice@Example.COM');
});
