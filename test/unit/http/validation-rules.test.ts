import { buildSchema, parse, specifiedRules, validate } from 'graphql';
import { describe, expect, it } from 'vitest';

import { limitsOf } from '../../../src/http/limits.js';
import { abortedValidation, limitRules } from '../../../src/http/validation-rules.js';

const schema = buildSchema('type Query { me: User } type User { id: ID! }');

describe('the rules of direct callers', () => {
  const refusals = (source: string) =>
    validate(schema, parse(source), limitRules(limitsOf('direct'))).map(({ message }) => message);
  const aliases = (count: number, field: string) =>
    `{ me { ${Array.from({ length: count }, (_, index) => `a${index}: ${field}`).join(' ')} } }`;

  it.each(['id', '__typename'])('count the aliases of %s', (field) => {
    expect(refusals(aliases(30, field))).toEqual([]);
    expect(refusals(aliases(31, field))).toEqual(['The operation has too many aliases: 30 is the most.']);
  });

  it('count aliases that are called __typename', () => {
    expect(refusals(`{ me { ${'__typename: id '.repeat(31)} } }`)).toHaveLength(1);
  });
});

describe('a validation that graphql-js gave up', () => {
  it.each([
    ['too many errors', Array.from({ length: 101 }, (_, index) => `unknown${index}`).join(' ')],
    ['too much to compare', 'id '.repeat(6_000)],
  ])('is an operation too complex: %s', (_why, fields) => {
    const last = validate(schema, parse(`{ ${fields} }`), specifiedRules).at(-1);
    expect(abortedValidation(last)).toMatchObject({ code: 'OPERATION_TOO_COMPLEX' });
  });

  it('is told from errors that it found', () => {
    const [error] = validate(schema, parse('{ unknown }'), specifiedRules);
    expect(error).toBeDefined();
    expect(abortedValidation(error)).toBeUndefined();
    expect(abortedValidation(new Error('Validation aborted.'))).toBeUndefined();
  });
});
