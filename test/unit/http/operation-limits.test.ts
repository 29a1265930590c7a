import { ApolloServer } from '@apollo/server';
import { buildSchema, getOperationAST, getVariableValues, parse } from 'graphql';
import { describe, expect, it } from 'vitest';

import { limitOperations, measureAnswer, type AnswerSize } from '../../../src/http/operation-limits.js';

const schema = buildSchema(`
  type Query {
    me: User  users(first: Int = 20): Users  found: Found  named: Named
    decisions(checks: [String!]!): [Decision!]!  _entities(representations: [String!]!): [Found]!
  }
  type Users { nodes: [User!]!  edges: [Edge!]! }
  type Edge { node: User! }
  interface Named { name: String }
  type User implements Named { id: ID!  name: String  sessions(first: Int = 20): Sessions }
  type Sessions { nodes: [Session!]! }
  type Session { id: ID!  user: User }
  type Decision { allowed: Boolean!  resource: Resource! }
  type Resource { id: ID! }
  union Found = User | Session
`);

const ENDLESS = { resolved: Infinity, fields: Infinity };

function measure(source: string, variables: Record<string, unknown> = {}, limits = ENDLESS): AnswerSize {
  const document = parse(source);
  const operation = getOperationAST(document)!;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  return measureAnswer(schema, document, operation, coerced!, limits);
}

const many = (count: number) => Array.from({ length: count }, (_, index) => `${index}`);

describe('the most that an operation can be answered with', () => {
  it.each<[string, resolved: number, fields: number, Record<string, unknown>?]>([
    ['{ me { id } }', 1, 2],
    ['{ __typename }', 0, 1],
    ['{ a: me { id } b: me { id } }', 2, 4],
    ['{ me { id } me { id name } }', 1, 3],
    ['{ me { id a: __typename b: __typename } }', 1, 4],
    ['{ users { nodes { id } } }', 1 + 20, 1 + 20 + 20],
    ['{ users(first: 50) { nodes { id } edges { node { id } } } }', 1 + 50 * 3, 1 + 50 * 5],
    ['query ($n: Int) { users(first: $n) { nodes { id } } }', 1 + 7, 1 + 2 * 7, { n: 7 }],
    ['query ($n: Int) { users(first: $n) { nodes { id } } }', 1 + 20, 1 + 2 * 20],
    ['query ($n: Int = 9) { users(first: $n) { nodes { id } } }', 1 + 9, 1 + 2 * 9],
    [
      '{ users(first: 10) { nodes { sessions(first: 10) { nodes { id } } } } }',
      1 + 10 * (2 + 10),
      1 + 10 * (2 + 10 * 2),
    ],
    ['{ decisions(checks: ["a", "b"]) { allowed resource { id } } }', 2 * 2, 1 + 2 * 3],
    [
      'query ($c: [String!]!) { decisions(checks: $c) { allowed a: allowed } }',
      1_000,
      1 + 2_000,
      { c: many(1_000) },
    ],
    [
      'query ($r: [String!]!) { _entities(representations: $r) { ... on User { id name } ... on Session { id } } }',
      1_000,
      1 + 1_000 * 3,
      { r: many(1_000) },
    ],
    ['{ me { ...f } } fragment f on User { sessions { nodes { id } } }', 1 + 1 + 20, 2 + 20 * 2],
    ['{ me { ... { sessions { nodes { id } } } } }', 1 + 1 + 20, 2 + 20 * 2],
    ['{ found { ... on User { sessions { nodes { id } } } } }', 1 + 1 + 20, 2 + 20 * 2],
    ['{ named { ... on Named { name } ... on User { id } } }', 1, 3],
    ['{ __schema { types { name } } }', 0, 1],
  ])('of %s', (source, resolved, fields, variables = {}) => {
    expect(measure(source, variables)).toEqual({ resolved, fields });
  });

  it('multiplies along pages within pages', () => {
    const level = (inner: string): string => `sessions(first: 100) { nodes { user { ${inner} } } }`;
    expect(measure(`{ me { ${level(level(level('id')))} } }`).resolved).toBeGreaterThan(1_000_000);
  });

  it('counts fragments once wherever they are spread time and again', () => {
    const fragments = Array.from(
      { length: 60 },
      (_, index) => `fragment f${index} on User { ...f${index + 1} ...f${index + 1} }`,
    );
    const source = `{ me { ...f0 } } ${fragments.join(' ')} fragment f60 on User { id }`;
    expect(measure(source)).toEqual({ resolved: 1, fields: 2 });
  });

  it('tells fields that have a resolver from those that just have a value', () => {
    const resolving = buildSchema('type Query { cheap: Int dear: Int }');
    resolving.getQueryType()!.getFields().dear!.resolve = () => 1;
    const document = parse('{ cheap dear a: dear }');
    expect(measureAnswer(resolving, document, getOperationAST(document)!, {}, ENDLESS)).toEqual({
      resolved: 2,
      fields: 3,
    });
  });

  it('is not counted to the end where it is beyond the limits', () => {
    const fragments = Array.from({ length: 60 }, (_, index) => {
      const next = `sessions(first: 1) { nodes { user { ...f${index + 1} } } }`;
      return `fragment f${index} on User { a: ${next} b: ${next} }`;
    });
    const source = `{ me { ...f0 } } ${fragments.join(' ')} fragment f60 on User { id }`;
    expect(measure(source, {}, { resolved: 1_000, fields: Infinity }).resolved).toBe(1_001);
    expect(measure(source, {}, { resolved: Infinity, fields: 1_000 }).fields).toBe(1_001);
  });
});

it('an operation with bad variables has them read until one is found, not to the end', async () => {
  let read = 0;
  const bad = {
    *[Symbol.iterator]() {
      for (; read < 10_000; read += 1) yield read;
    },
  };
  const server = new ApolloServer({ schema, plugins: [limitOperations(ENDLESS)] });
  const { body } = await server.executeOperation({
    query: 'query ($c: [String!]!) { decisions(checks: $c) { allowed } }',
    variables: { c: bad },
  });
  expect(body).toMatchObject({ singleResult: { errors: expect.arrayContaining([]) as unknown } });
  // By graphql-js's own limit, which is 50 errors.
  expect(read).toBeLessThan(100);
});

describe('an operation that is asked again', () => {
  const ask = (server: ApolloServer, query: string, variables: Record<string, unknown>) =>
    server.executeOperation({ query, variables });

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['query ($n: Int) { users(first: $n) { nodes { id } } }', { n: 7 }, { n: 70 }],
    ['query ($n: Int) { users(first: $n) { nodes { id } } }', { n: null }, { n: 70 }],
    ['query ($n: Int) { users(first: $n) { nodes { id } } }', {}, { n: 70 }],
    ['query ($c: [String!]!) { decisions(checks: $c) { allowed } }', { c: many(7) }, { c: many(70) }],
  ])('is held to the limits with its new variables: %s', async (query, few, tooMany) => {
    const server = new ApolloServer({
      schema,
      plugins: [limitOperations({ resolved: 60, fields: 60 })],
    });
    for (const [variables, refused] of [
      [few, false],
      [tooMany, true],
      [few, false],
      [tooMany, true],
    ] as const) {
      const { body } = await ask(server, query, variables);
      expect(JSON.stringify(body).includes('OPERATION_TOO_COMPLEX')).toBe(refused);
    }
  });
});

describe('variables as they are sent', () => {
  const LIMITS = { resolved: 60, fields: 60 };
  const answer = async (query: string, variables: Record<string, unknown>) => {
    const server = new ApolloServer({ schema, plugins: [limitOperations(LIMITS)] });
    return JSON.stringify((await server.executeOperation({ query, variables })).body);
  };
  const CHECKS = 'query ($c: [String!]!) { decisions(checks: $c) { allowed } }';

  it.each<[string, string, Record<string, unknown>]>([
    [
      'a default',
      `query ($c: [String!]! = ${JSON.stringify(many(70))}) { decisions(checks: $c) { allowed } }`,
      {},
    ],
    [
      'a variable in a list',
      'query ($n: Int = 70, $c: String!) { users(first: $n) { nodes { id } } decisions(checks: [$c]) { allowed } }',
      { c: 'a' },
    ],
    [
      'a variable by the name of a prototype',
      'query ($__proto__: Int) { users(first: $__proto__) { nodes { id } } }',
      JSON.parse('{"__proto__": 70}') as Record<string, unknown>,
    ],
  ])('are held to the limits: %s', async (_what, query, variables) => {
    expect(await answer(query, variables)).toContain('OPERATION_TOO_COMPLEX');
  });

  it.each<[string, string, Record<string, unknown>]>([
    ['one value for a list', CHECKS, { c: 'a' }],
    ['a number for a list', CHECKS, { c: 1_000 }],
    [
      'what is in no variable of the operation',
      CHECKS,
      { c: ['a'], more: 'x'.repeat(1_000_000), n: 1_000_000 },
    ],
  ])('count as what they come to: %s', async (_what, query, variables) => {
    expect(await answer(query, variables)).not.toContain('OPERATION_TOO_COMPLEX');
  });

  it('that are wrong are told what is wrong with them, however many they are', async () => {
    const refused = await answer(CHECKS, { c: [...many(100), 5] });
    expect(refused).toContain('at \\"c[100]\\"');
    expect(refused).not.toContain('OPERATION_TOO_COMPLEX');
  });
});
