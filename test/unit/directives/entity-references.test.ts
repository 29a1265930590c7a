import { describe, expect, it } from 'vitest';

import { execute, guardedSchema, ScriptedContext } from '../../support/guarded-schema.js';

const schema = guardedSchema(
  'type Query { open: String } type Person @key(fields: "id") @authorize(action: "readPerson") { id: ID! }',
  { Person: { __resolveReference: ({ id }: { id: string }) => ({ id }) } },
);

const people = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ __typename: 'Person', id: `${index}` }));
const ask = (query: string, variables: Record<string, unknown>, context = anyone()) =>
  execute(schema, query, context, variables);
const anyone = () => new ScriptedContext('v', () => 'PERMITTED');

describe('the representations of an operation', () => {
  const TWICE =
    'query ($a: [_Any!]!, $b: [_Any!]!) { a: _entities(representations: $a) { __typename } b: _entities(representations: $b) { __typename } }';

  it('are 1,000 at most, over all its fields', async () => {
    const most = await ask(TWICE, { a: people(600), b: people(400) });
    expect(most.errors).toEqual([]);
    const more = await ask(TWICE, { a: people(600), b: people(401) });
    expect(more.errors).toEqual(['BAD_USER_INPUT at b']);
  });

  it('are counted for each operation by itself', async () => {
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { __typename } }';
    for (let operation = 0; operation < 2; operation += 1) {
      expect((await ask(query, { r: people(1_000) })).errors).toEqual([]);
    }
  });
});
