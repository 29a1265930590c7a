import fc from 'fast-check';
import { buildSchema, graphqlSync } from 'graphql';
import { describe, expect, it } from 'vitest';

import { withoutValues } from '../../../src/schema/without-values.js';

const schema = buildSchema(`
  enum Kind { A B }
  input Credentials { email: String!  password: String!  age: Int  kind: Kind  tags: [String!] }
  type Query { login(input: Credentials, token: String, age: Int, kind: Kind): String }
`);
const CANARY = 'hunter2';

const complaints = (source: string, variableValues: Record<string, unknown> = {}): string[] =>
  (graphqlSync({ schema, source, variableValues }).errors ?? []).map(({ message }) => message);

const WITH_INPUT = 'query ($v: Credentials) { login(input: $v) }';

describe('a complaint about a request', () => {
  it.each<[string, string, unknown?]>([
    ['an unknown field of a variable', WITH_INPUT, { email: 'a', password: CANARY, bogus: 1 }],
    ['a missing field of a variable', WITH_INPUT, { password: CANARY }],
    ['a string for an object', WITH_INPUT, CANARY],
    ['an object for a string', WITH_INPUT, { email: 'a', password: { value: CANARY } }],
    ['an unknown enum value', WITH_INPUT, { email: 'a', password: 'b', kind: CANARY }],
    ['a string for a number', WITH_INPUT, { email: 'a', password: 'b', age: CANARY }],
    ['a nested list', WITH_INPUT, { email: 'a', password: 'b', tags: [[CANARY]] }],
    ['an object variable for a string', 'query ($v: String) { login(token: $v) }', { token: CANARY }],
    ['a literal of the wrong type', `{ login(age: "${CANARY}") }`],
    ['an object literal for a string', `{ login(token: { password: "${CANARY}" }) }`],
    ['a literal for an enum', `{ login(kind: "${CANARY}") }`],
    ['a default of the wrong type', `query ($v: Int = "${CANARY}") { login(age: $v) }`],
    ['a string in a place of a name', `{ login("${CANARY}") }`],
    ['a block string in a place of a name', `{ login("""${CANARY}""") }`],
    ['a string behind the document', `{ login } "${CANARY}`],
  ])('does not repeat %s', (_what, source, v) => {
    const messages = complaints(source, v === undefined ? {} : { v });
    expect(messages.length).toBeGreaterThan(0);
    for (const message of messages) expect(withoutValues(message)).not.toContain(CANARY);
  });

  it('never repeats the value of a variable, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), (password, bogus) => {
        const value = `${password}-${CANARY}`;
        const v = { email: 'a', password: value, [`x${bogus}`]: value };
        for (const message of complaints(WITH_INPUT, { v })) {
          expect(withoutValues(message)).not.toContain(CANARY);
        }
      }),
    );
  });

  it('still says what is wrong and where', () => {
    const messages = [
      ...complaints(WITH_INPUT, { v: { password: CANARY, bogus: 1 } }),
      ...complaints('{ nonsense login(age: "x") }'),
    ].map(withoutValues);
    expect(messages).toEqual([
      'Variable "$v" got an invalid value: Field "email" of required type "String!" was not provided.',
      'Variable "$v" got an invalid value: Field "bogus" is not defined by type "Credentials".',
      'Cannot query field "nonsense" on type "Query".',
      'Int cannot represent non-integer value.',
    ]);
  });
});
