import fc from 'fast-check';
import {
  buildSchema,
  getVariableValues,
  parse,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { expect, test } from 'vitest';

import { quickenInputs } from '../../../src/schema/quick-inputs.js';

const SDL = `
  input Name { type: String!, id: ID! }
  input Check { principal: Name, action: String! = "read", resource: Name!, count: Int, deep: [Check!] }
  input Either @oneOf { name: Name, number: Int }
  type Query { ask(checks: [Check!]!, either: Either): Int }
`;
const usual = buildSchema(SDL);
const quick = quickenInputs(buildSchema(SDL));
const [operation] = parse(
  'query ($checks: [Check!]!, $either: Either) { ask(checks: $checks, either: $either) }',
).definitions as [OperationDefinitionNode];

/** What comes of variables: their values as they print, or what is wrong with them. */
function outcome(schema: GraphQLSchema, variables: Record<string, unknown>): unknown {
  const { coerced, errors } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  return errors?.map(({ message }) => message) ?? JSON.stringify(coerced);
}

const names = ['type', 'id', 'principal', 'action', 'resource', 'count', 'deep', 'name', 'number'];
const strangers = ['constructor', 'toString', 'valueOf', '__proto__', 'hasOwnProperty', 'typ'];
const name = fc.record({ type: fc.string(), id: fc.oneof(fc.string(), fc.integer()) });
const check = fc.letrec<{ check: unknown; object: unknown }>((tie) => ({
  check: fc.record(
    {
      principal: fc.oneof(name, fc.constant(null)),
      action: fc.string(),
      resource: name,
      count: fc.integer({ min: -5, max: 5 }),
      deep: fc.array(tie('check'), { maxLength: 2 }),
    },
    { requiredKeys: ['resource'] },
  ),
  object: fc.dictionary(
    fc.constantFrom(...names, ...strangers),
    fc.oneof(tie('check'), tie('object'), name, fc.jsonValue({ maxDepth: 1 })),
    { noNullPrototype: true },
  ),
}));

test('inputs come to the same as without it, and so does what is wrong with them', () => {
  const checks = fc.oneof(
    { weight: 3, arbitrary: fc.array(check.check, { maxLength: 3 }) },
    fc.array(fc.oneof(check.check, check.object), { maxLength: 3 }),
    check.object,
  );
  const either = fc.oneof(fc.record({ name }), check.object);
  fc.assert(
    fc.property(checks, either, fc.boolean(), (some, one, isEither) => {
      const variables = { checks: some, ...(isEither && { either: one }) };
      expect(outcome(quick, variables)).toEqual(outcome(usual, variables));
    }),
    { numRuns: 500 },
  );
});

test('a name that every object has is no field of an input', () => {
  for (const stranger of strangers) {
    const checks = JSON.parse(`[{"resource":{"type":"a","id":"b"},"${stranger}":1}]`) as unknown[];
    expect(outcome(quick, { checks })).toEqual([
      expect.stringContaining(`Field "${stranger}" is not defined`),
    ]);
  }
});
