import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { beforeEach, describe, expect, it } from 'vitest';

import type { PortcullisError } from '../../../src/errors.js';
import { refuseOperations } from '../../../src/http/refused-operations.js';
import type { DecisionReason } from '../../../src/services/authorization/decision.js';
import { guardedSchema, ScriptedContext } from '../../support/guarded-schema.js';

let done: string[] = [];
beforeEach(() => {
  done = [];
});
const does = (name: string) => () => {
  done.push(name);
  return name;
};

const schema = guardedSchema(
  `
  type Hard @key(fields: "id") @authorize(action: "readHard", onDenied: REJECT) {
    id: ID!
    secret: String @authorize(action: "readSecret", onDenied: REJECT)
    soft: String! @authorize(action: "readSoft")
  }
  type Edge { node: Hard! }
  type Query {
    open: String
    sealed: String @authorize(action: "open", onDenied: REJECT)
    hard: Hard
    hards: [Hard]
    strictHards: [Hard!]!
    edges: [Edge!]
    items: [Plain] @authorize(action: "see", resource: "$item.id", onDenied: REJECT)
    several: String
      @authorize(action: "a", onDenied: REJECT)
      @authorize(action: "b")
  }
  type Plain { id: ID! }
  type Mutation {
    free: String
    first: String @authorize(action: "first")
    second(id: ID, input: In): String
      @authorize(action: "second", resource: "$args.id", resourceType: "Hard", onDenied: REJECT)
    own: String @authorize(action: "own", resource: "$viewer", onDenied: REJECT)
    whole: String @authorize(action: "whole", onDenied: REJECT)
    make: Hard
  }
  input In { text: String }
`,
  {
    Hard: {
      secret: () => 'secret',
      soft: () => 'soft',
      __resolveReference: ({ id }: { id: string }) => ({ id }),
    },
    Query: {
      open: () => 'open',
      sealed: does('sealed'),
      hard: () => ({ id: '1' }),
      hards: () => [{ id: '1' }, { id: '2' }],
      strictHards: () => [{ id: '1' }, { id: '2' }],
      edges: () => [{ node: { id: '1' } }, { node: { id: '2' } }],
      items: () => [{ id: '1' }, { id: '2' }],
      several: does('several'),
    },
    Mutation: {
      free: does('free'),
      first: does('first'),
      second: does('second'),
      own: does('own'),
      whole: does('whole'),
      make: () => (does('make')(), { id: '1' }),
    },
  },
);

const server = new ApolloServer<ScriptedContext>({
  schema,
  plugins: [
    ApolloServerPluginInlineTraceDisabled(),
    refuseOperations<ScriptedContext>((error) => ({
      message: error.message,
      ...(error.path && { path: error.path }),
      extensions: {
        code: (error.originalError as PortcullisError).code,
        details: (error.originalError as PortcullisError).details,
      },
    })),
  ],
});

async function ask(
  query: string,
  allowed: string[] | ((question: string) => DecisionReason),
  { variables = {}, viewer = 'v' }: { variables?: Record<string, unknown>; viewer?: string | null } = {},
) {
  const contextValue = new ScriptedContext(viewer, allowed);
  const { body, http } = await server.executeOperation({ query, variables }, { contextValue });
  if (body.kind !== 'single') throw new Error('The answer came in parts.');
  const { data, errors = [], extensions } = body.singleResult;
  const faults = errors.map(
    (error) => `${String(error.extensions?.code)} at ${error.path?.join('.') ?? '?'}`,
  );
  return {
    answer: JSON.parse(JSON.stringify({ data, faults })) as unknown,
    errors,
    extensions,
    status: http.status,
    asked: contextValue.asked,
  };
}

const refused = (fault: string) => ({ data: null, faults: [fault] });
const second = (id: string) => `second Identity::Hard::"${id}"`;
const first = 'first Identity::Application::"portcullis"';
const whole = 'whole Identity::Application::"portcullis"';

describe('a query that is refused', () => {
  it('has no data and one error, which names action and resource type', async () => {
    const { answer, errors, status } = await ask('{ open sealed again: sealed hard { id } }', []);
    expect(answer).toEqual({ data: null, faults: [expect.stringMatching(/^FORBIDDEN at /)] });
    expect(errors[0]?.extensions?.details).toMatchObject({ action: expect.any(String) as string });
    expect(status).toBeUndefined();
    expect(done).toEqual([]);
  });

  it.each([
    ['an object', '{ open hard { id } }', 'FORBIDDEN at hard'],
    ['an item of a nullable list', '{ open hards { id } }', 'FORBIDDEN at hards'],
    ['an item of a list', '{ open strictHards { id } }', 'FORBIDDEN at strictHards'],
    ['the node of an edge', '{ open edges { node { id } } }', 'FORBIDDEN at edges'],
    ['an item that the field decides on', '{ open items { id } }', 'FORBIDDEN at items'],
    [
      'what a fragment asks for',
      '{ open ...F } fragment F on Query { renamed: sealed }',
      'FORBIDDEN at renamed',
    ],
  ])('is so for %s', async (_what, query, fault) => {
    const allowed = ['readHard Identity::Hard::"1"', 'see Identity::Plain::"1"'];
    const { answer } = await ask(query, fault === 'FORBIDDEN at hard' ? [] : allowed);
    expect(answer).toEqual(refused(fault));
  });

  it('is so for a field far below, whatever else failed', async () => {
    const allowed = ['readHard Identity::Hard::"1"', 'readHard Identity::Hard::"2"'];
    const { answer } = await ask('{ open hards { soft secret } }', allowed);
    expect(answer).toEqual({
      data: null,
      faults: [expect.stringMatching(/^FORBIDDEN at hards\.\d\.secret$/)],
    });
  });

  it('is so for a representation', async () => {
    const { answer } = await ask(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Hard { id } } open }',
      ['readHard Identity::Hard::"1"'],
      { variables: { r: ['1', '2'].map((id) => ({ __typename: 'Hard', id })) } },
    );
    expect(answer).toEqual(refused('FORBIDDEN at _entities'));
  });

  it('is so where nobody is signed in, and where nothing could be decided', async () => {
    expect((await ask('{ open sealed }', [], { viewer: null })).answer).toEqual(
      refused('UNAUTHENTICATED at sealed'),
    );
    expect((await ask('{ open hard { id } }', [], { viewer: null })).answer).toEqual(
      refused('UNAUTHENTICATED at hard'),
    );
    expect((await ask('{ open sealed }', () => 'UNAVAILABLE')).answer).toEqual(
      refused('AUTHORIZATION_UNAVAILABLE at sealed'),
    );
  });

  it('is not where another guard of the field denies', async () => {
    const a = 'a Identity::Application::"portcullis"';
    expect((await ask('{ several open }', [a])).answer).toEqual({
      data: { several: null, open: 'open' },
      faults: ['INTERNAL_SERVER_ERROR at several'],
    });
    expect((await ask('{ several open }', [a.replace('a ', 'b ')])).answer).toEqual(
      refused('FORBIDDEN at several'),
    );
  });
});

describe('mutations', () => {
  it('all run where all are admitted', async () => {
    const { answer } = await ask('mutation { first free second(id: "1") }', [first, second('1')]);
    expect(answer).toEqual({ data: { first: 'first', free: 'free', second: 'second' }, faults: [] });
    expect(done).toEqual(['first', 'free', 'second']);
  });

  it.each([
    ['in second place', 'mutation { first second(id: "2") }', 'second'],
    ['behind an alias', 'mutation { first it: second(id: "2") }', 'it'],
    ['in a fragment', 'mutation { first ...F } fragment F on Mutation { second(id: "2") }', 'second'],
    ['in an inline fragment', 'mutation { free ... on Mutation { ... { second(id: "2") } } }', 'second'],
    ['by a variable', 'mutation ($id: ID) { first second(id: $id) }', 'second'],
    ['by the default of a variable', 'mutation ($other: ID = "2") { first second(id: $other) }', 'second'],
    [
      'where a directive includes it',
      'mutation ($id: ID, $yes: Boolean = true) { first second(id: $id) @include(if: $yes) }',
      'second',
    ],
    ['about the application', 'mutation { first whole }', 'whole'],
    ['about the viewer', 'mutation { first own }', 'own'],
    ['without what it is about', 'mutation { first second }', 'second'],
    ['among several of its kind', 'mutation { a: second(id: "1") b: second(id: "2") }', 'b'],
  ])('are refused before the first runs: %s', async (_what, query, place) => {
    const { answer } = await ask(query, [first, second('1')], { variables: { id: '2' } });
    expect(answer).toEqual(refused(`FORBIDDEN at ${place}`));
    expect(done).toEqual([]);
  });

  it.each([
    'mutation ($no: Boolean = false) { first second(id: "2") @include(if: $no) }',
    'mutation { first second(id: "2") @skip(if: true) }',
    'mutation { first ...F @skip(if: true) } fragment F on Mutation { second(id: "2") }',
  ])('are not refused for what is left out: %s', async (query) => {
    const { answer, asked } = await ask(query, [first]);
    expect(answer).toEqual({ data: { first: 'first' }, faults: [] });
    expect(asked).toEqual([first]);
  });

  it('are refused before the first runs where nobody is signed in, or nothing can be decided', async () => {
    const query = 'mutation { free second(id: "1") whole }';
    expect((await ask(query, [], { viewer: null })).answer).toEqual(refused('UNAUTHENTICATED at second'));
    expect((await ask(query, () => 'UNAVAILABLE')).answer).toEqual(
      refused('AUTHORIZATION_UNAVAILABLE at second'),
    );
    expect((await ask(query, () => 'INVALID')).answer).toEqual(refused('BAD_USER_INPUT at second'));
    expect(done).toEqual([]);
  });

  it('ask for all of them at once', async () => {
    const { asked } = await ask('mutation { whole a: second(id: "1") b: second(id: "2") }', [whole]);
    expect(asked).toEqual([whole, second('1'), second('2')]);
  });

  it('stop at what is only known while they run', async () => {
    const { answer } = await ask('mutation { free make { id } first last: free }', [first]);
    expect(answer).toEqual(refused('FORBIDDEN at make'));
    expect(done).toEqual(['free', 'make']);
  });

  it('with variables that are no good are not asked about', async () => {
    const { asked } = await ask('mutation ($input: In) { second(id: "1", input: $input) }', [], {
      variables: { input: 5 },
    });
    expect([asked, done]).toEqual([[], []]);
  });
});
