import fc from 'fast-check';
import {
  buildSchema,
  execute,
  GraphQLError,
  GraphQLScalarType,
  graphqlSync,
  parse,
  type ExecutionResult,
} from 'graphql';
import { describe, expect, it } from 'vitest';

import { createRuledScalar } from '../../../src/schema/ruled-scalar.js';
import { withoutValues, type Complaint } from '../../../src/schema/without-values.js';

const schema = buildSchema(`
  scalar Code
  scalar Loud
  enum Kind { A B }
  input Credentials { email: String!  password: String!  age: Int  kind: Kind  tags: [String!]  code: Code  loud: Loud }
  type Query {
    login(input: Credentials, token: String, age: Int, kind: Kind): String
    list(checks: [Credentials!], filter: Credentials, codes: [Code!], code: Code): String
  }
`);
/** Quotes what it refuses, as graphql-scalars does. */
const loud = (value: unknown): never => {
  throw new GraphQLError(`Not loud: ${String(value)}`);
};
Object.assign(schema.getType('Loud')!, { parseValue: loud });
const { parseValue, parseLiteral } = createRuledScalar(
  new GraphQLScalarType<string, string>({ name: 'Code', parseValue: loud }),
  { description: 'None is good.', rule: 'A code has six digits.' },
);
Object.assign(schema.getType('Code')!, { parseValue, parseLiteral });

const CANARY = 'hunter2';
const KINDS = () => ['A', 'B'];

const complaints = (
  source: string,
  variableValues: Record<string, unknown> = {},
  enumValues: () => readonly string[] = KINDS,
): Complaint[] =>
  (graphqlSync({ schema, source, variableValues }).errors ?? []).map((error) =>
    withoutValues(error, enumValues),
  );
const messages = (...[source, variables, enumValues]: Parameters<typeof complaints>) =>
  complaints(source, variables, enumValues).map(({ message }) => message);

const WITH_INPUT = 'query ($v: Credentials) { login(input: $v) }';

describe('a complaint about a request', () => {
  it.each<[string, string, unknown?]>([
    ['an unknown field of a variable', WITH_INPUT, { email: 'a', password: CANARY, bogus: 1 }],
    ['a missing field of a variable', WITH_INPUT, { password: CANARY }],
    ['a string for an object', WITH_INPUT, CANARY],
    ['an object for a string', WITH_INPUT, { email: 'a', password: { value: CANARY } }],
    ['an unknown enum value', WITH_INPUT, { email: 'a', password: 'b', kind: CANARY }],
    ['a string for a number', WITH_INPUT, { email: 'a', password: 'b', age: CANARY }],
    ['a value that a scalar quotes', WITH_INPUT, { email: 'a', password: 'b', loud: CANARY }],
    ['what looks like a place', WITH_INPUT, { email: 'a', password: 'b', loud: `x at "${CANARY}"; y` }],
    ['what looks like an enum', WITH_INPUT, { email: 'a', password: 'b', loud: `Enum "${CANARY}" x` }],
    [
      'an enum in an enum',
      WITH_INPUT,
      { email: 'a', password: 'b', kind: `a" does not exist in "${CANARY}" enum.` },
    ],
    ['a value that breaks a rule', WITH_INPUT, { email: 'a', password: 'b', code: CANARY }],
    ['a nested list', WITH_INPUT, { email: 'a', password: 'b', tags: [[CANARY]] }],
    ['an object variable for a string', 'query ($v: String) { login(token: $v) }', { token: CANARY }],
    ['a literal of the wrong type', `{ login(age: "${CANARY}") }`],
    ['an object literal for a string', `{ login(token: { password: "${CANARY}" }) }`],
    ['a literal that breaks a rule', `{ list(code: "${CANARY}") }`],
    ['a name that an enum has not', `{ login(kind: ${CANARY}) }`],
    ['a literal for an enum', `{ login(kind: "${CANARY}") }`],
    ['a default of the wrong type', `query ($v: Int = "${CANARY}") { login(age: $v) }`],
    ['a string in a place of a name', `{ login("${CANARY}") }`],
    ['a block string in a place of a name', `{ login("""${CANARY}""") }`],
    ['a string behind the document', `{ login } "${CANARY}`],
  ])('does not repeat %s', (_what, source, v) => {
    const made = complaints(source, v === undefined ? {} : { v });
    expect(made.length).toBeGreaterThan(0);
    expect(JSON.stringify(made)).not.toContain(CANARY);
  });

  it('never repeats the value of a variable, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), (password, bogus) => {
        const value = `${password}-${CANARY}`;
        const v = {
          email: 'a',
          password: value,
          [`x${bogus}`]: value,
          kind: value,
          loud: value,
          code: value,
        };
        expect(JSON.stringify(complaints(WITH_INPUT, { v }))).not.toContain(CANARY);
      }),
    );
  });

  it('still says what is wrong and where', () => {
    expect([
      ...messages(WITH_INPUT, { v: { password: CANARY, bogus: 1 } }),
      ...messages(WITH_INPUT, { v: { email: null, password: 'b' } }),
      ...messages(WITH_INPUT, { v: { email: 7, password: 'b', age: CANARY } }),
      ...messages('{ nonsense login(age: "x") }'),
    ]).toEqual([
      'Variable "$v" got an invalid value: Field "email" of required type "String!" was not provided.',
      'Variable "$v" got an invalid value: Field "bogus" is not defined by type "Credentials".',
      'Variable "$v" got an invalid value at "v.email": Expected non-nullable type "String!" not to be null.',
      'Variable "$v" got an invalid value at "v.email": String cannot represent a non string value.',
      'Variable "$v" got an invalid value at "v.age": Int cannot represent non-integer value.',
      'Cannot query field "nonsense" on type "Query".',
      'Int cannot represent non-integer value.',
    ]);
  });

  it('says the rule of a scalar of ours, and nothing of what another one says', () => {
    expect(messages(WITH_INPUT, { v: { email: 'a', password: 'b', code: '', loud: '' } })).toEqual([
      'Variable "$v" got an invalid value at "v.code": A code has six digits.',
      'Variable "$v" got an invalid value at "v.loud".',
    ]);
    expect(messages('{ list(code: "") }')).toEqual(['A code has six digits.']);
  });

  it.each<[string, Record<string, unknown>?]>([
    ['{ login(kind: C) }'],
    ['{ login(kind: "A") }'],
    ['query ($v: Kind) { login(kind: $v) }', { v: 'a' }],
    ['query ($v: Kind) { login(kind: $v) }', { v: 7 }],
  ])('says what an enum has, where callers may know: %s with %j', (source, variables) => {
    const [known] = messages(source, variables);
    expect(known).toMatch(/"Kind" has no such value; it is one of A, B\.$/);
    const [unknown] = messages(source, variables, () => []);
    expect(unknown).toMatch(/"Kind" has no such value\.$/);
    expect(unknown).not.toMatch(/one of|mean/);
  });
});

describe('the argument that is refused', () => {
  const GOOD = { email: 'a', password: 'b' };
  it.each<[string, string, unknown, string | undefined]>([
    ['a field of an input', WITH_INPUT, { ...GOOD, code: '' }, 'code'],
    ['one that is missing', WITH_INPUT, { email: 'a' }, 'password'],
    ['an item of a list in it', WITH_INPUT, { ...GOOD, tags: [7] }, 'tags[0]'],
    ['the input itself', WITH_INPUT, 'text', 'input'],
    ['an argument', 'query ($v: Code) { list(code: $v) }', '', 'code'],
    ['an item of a list', 'query ($v: [Code!]) { list(codes: $v) }', ['', ''], 'codes[0]'],
    [
      'a field of an item',
      'query ($v: [Credentials!]) { list(checks: $v) }',
      [{ ...GOOD, age: 'x' }],
      'checks[0].age',
    ],
    [
      'a field of an object',
      'query ($v: Credentials) { list(filter: $v) }',
      { ...GOOD, kind: 'x' },
      'filter.kind',
    ],
    [
      'a value within a literal',
      'query ($v: Code) { login(input: { email: "a", password: "b", code: $v }) }',
      '',
      'code',
    ],
    ['one that the document does not name', 'query ($v: [Code!]) { list }', [''], undefined],
  ])('is named: %s', (_what, source, v, argument) => {
    expect(complaints(source, { v })[0]?.argument).toBe(argument);
  });

  it('is a field of an input where the document has no locations', () => {
    const document = parse('query ($v: Credentials) { list(filter: $v) }', { noLocation: true });
    const { errors = [] } = execute({
      schema,
      document,
      variableValues: { v: { ...GOOD, kind: 'x' } },
    }) as ExecutionResult;
    expect(errors.map((error) => withoutValues(error, KINDS).argument)).toEqual(['kind']);
  });
});
