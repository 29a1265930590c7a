import { buildSchema, getOperationAST, parse } from 'graphql';
import { describe, expect, it } from 'vitest';

import { countObjects } from '../../../src/http/operation-limits.js';

const schema = buildSchema(`
  type Query { me: User  users(first: Int = 20): Users  found: Found }
  type Users { nodes: [User!]!  edges: [Edge!]! }
  type Edge { node: User! }
  type User { id: ID!  sessions(first: Int = 20): Sessions }
  type Sessions { nodes: [Session!]! }
  type Session { id: ID!  user: User }
  union Found = User | Session
`);

function count(source: string, variables: Record<string, unknown> = {}): number {
  const document = parse(source);
  return countObjects(schema, document, getOperationAST(document)!, variables);
}

describe('the most objects that an operation can be answered with', () => {
  it.each<[string, number, Record<string, unknown>?]>([
    ['{ me { id } }', 1],
    ['{ a: me { id } b: me { id } }', 2],
    ['{ users { nodes { id } } }', 1 + 20],
    ['{ users(first: 50) { nodes { id } edges { node { id } } } }', 1 + 50 * 3],
    ['query ($n: Int) { users(first: $n) { nodes { id } } }', 1 + 7, { n: 7 }],
    ['query ($n: Int = 9) { users(first: $n) { nodes { id } } }', 1 + 9],
    ['{ users(first: 10) { nodes { sessions(first: 10) { nodes { id } } } } }', 1 + 10 * (2 + 10)],
    ['{ me { ...f } } fragment f on User { sessions { nodes { id } } }', 1 + 1 + 20],
    ['{ me { ... { sessions { nodes { id } } } } }', 1 + 1 + 20],
    ['{ found { ... on User { sessions { nodes { id } } } } }', 1 + 1 + 20],
    ['{ __schema { types { name } } }', 0],
  ])('of %s', (source, objects, variables = {}) => {
    expect(count(source, variables)).toBe(objects);
  });

  it('multiplies along pages within pages', () => {
    const level = (inner: string): string => `sessions(first: 100) { nodes { user { ${inner} } } }`;
    expect(count(`{ me { ${level(level(level('id')))} } }`)).toBeGreaterThan(1_000_000);
  });

  it('is counted in time that grows with the document alone', () => {
    const fragments = Array.from(
      { length: 60 },
      (_, index) => `fragment f${index} on User { ...f${index + 1} ...f${index + 1} }`,
    );
    expect(count(`{ me { ...f0 } } ${fragments.join(' ')} fragment f60 on User { id }`)).toBe(1);
  });
});
