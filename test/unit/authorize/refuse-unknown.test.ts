import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLObjectType, GraphQLSchema, GraphQLString, parse } from 'graphql';
import { describe, expect, it } from 'vitest';

import {
  AUTHORIZE_SPEC_URL,
  authorizeDirective,
  authorizeExtensions,
  authorizeTypeDefs,
  enforceAuthorize,
} from '../../../src/authorize/index.js';

const FEDERATION =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@composeDirective"])';
const SPEC = 'https://specs.portcullis.dev/authorize';

const enforced = (...texts: readonly string[]) =>
  enforceAuthorize(buildSubgraphSchema({ typeDefs: [FEDERATION, ...texts].map((text) => parse(text)) }), {
    namespace: 'Documents',
  });

describe('a link to the specification', () => {
  const directive = (name: string) => `
    directive @${name}(action: String!) repeatable on FIELD_DEFINITION | OBJECT
    type Query { list: String @${name}(action: "list") }
  `;

  it.each([
    ['under its own name', '["@authorize"]'],
    ['under its own name, said at length', '[{ name: "@authorize" }]'],
    ['under its own name, said twice', '[{ name: "@authorize", as: "@authorize" }]'],
  ])('imports the directive %s', (_, imported) => {
    const link = `extend schema @link(url: "${AUTHORIZE_SPEC_URL}", import: ${imported})`;
    expect(() => enforced(link, directive('authorize'))).not.toThrow();
  });

  it.each([
    ['a minor version to come', 'v1.1', '["@authorize"]', 'authorize'],
    ['a major version to come', 'v2.0', '["@authorize"]', 'authorize'],
    ['a version before', 'v0.1', '["@authorize"]', 'authorize'],
  ])('is refused where it is to %s', (_, version, imported, name) => {
    const link = `extend schema @link(url: "${SPEC}/${version}", import: ${imported})`;
    expect(() => enforced(link, directive(name))).toThrow(
      `The schema links to ${SPEC}/${version}: known is ${AUTHORIZE_SPEC_URL}.`,
    );
  });

  it.each([
    ['another name', ', import: [{ name: "@authorize", as: "@guard" }]', 'guard'],
    ['no import', '', 'authorize__authorize'],
    ['imports of nothing', ', import: []', 'authorize__authorize'],
  ])('is refused with %s', (_, imported, name) => {
    const link = `@link(url: "${AUTHORIZE_SPEC_URL}"${imported})`;
    const message = 'has to import "@authorize" under its own name';
    expect(() => enforced(`extend schema ${link}`, directive(name))).toThrow(message);
    expect(() => enforced(`schema ${link} { query: Query }`, directive(name))).toThrow(message);
  });
});

describe('a usage', () => {
  it.each([
    ['an empty action', '@authorize(action: "")', 'Query.list: @authorize cannot have "" as its action.'],
    [
      'an argument that the field has not',
      '@authorize(action: "list", resource: "$args.ids", resourceType: "Document")',
      'Query.list: @authorize finds no argument "ids" there.',
    ],
  ])('is refused with %s', (_, usage, message) => {
    const sdl = (guard: string) => `type Query { list(id: ID): String ${guard} }`;
    expect(() => enforced(authorizeTypeDefs, sdl(usage))).toThrow(message);
  });

  it('of arguments is refused on a type, which has none', () => {
    const sdl =
      'type Query { a: A } type A @authorize(action: "read", resource: "$args.id", resourceType: "A") { id: ID! }';
    expect(() => enforced(authorizeTypeDefs, sdl)).toThrow('A: @authorize finds no argument "id" there.');
  });

  it('by a definition of its own is refused', () => {
    const link = `extend schema @link(url: "${AUTHORIZE_SPEC_URL}", import: ["@authorize"])`;
    const sdl = `
      directive @authorize(action: String, onDenied: String, unless: String) repeatable on FIELD_DEFINITION
      type Query {
        a: String @authorize(action: "a", unless: "$viewer")
        b: String @authorize(action: "b", onDenied: "LOG")
        c: String @authorize(onDenied: "NULL")
      }
    `;
    expect(() => enforced(link, sdl)).toThrow(
      [
        '@authorize is not enforced as it is written:',
        'Query.a: @authorize has no argument unless.',
        'Query.b: @authorize cannot have "LOG" as its onDenied.',
        'Query.c: @authorize needs an action.',
      ].join('\n'),
    );
  });

  it.each([
    [{ action: 'list', unless: 'owner' }, 'has no argument unless'],
    [{ action: 'list', onDenied: 'toString' }, 'cannot have "toString" as its onDenied'],
    [{ action: 'list', dryRun: 'false' }, 'cannot have "false" as its dryRun'],
    [{ action: 7 }, 'cannot have 7 as its action'],
    [{}, 'needs an action'],
  ])('written in code as %j is refused', (usage, message) => {
    const extensions = authorizeExtensions(usage as never);
    const query = new GraphQLObjectType({
      name: 'Query',
      fields: { list: { type: GraphQLString, extensions } },
    });
    const schema = new GraphQLSchema({ query, directives: [authorizeDirective] });
    expect(() => enforceAuthorize(schema, { namespace: 'Documents' })).toThrow(
      `Query.list: @authorize ${message}.`,
    );
  });

  it('written in code may leave out by null what it need not say', () => {
    const extensions = authorizeExtensions({ action: 'list', onDenied: null, dryRun: null });
    const query = new GraphQLObjectType({
      name: 'Query',
      fields: { list: { type: GraphQLString, extensions } },
    });
    const schema = new GraphQLSchema({ query, directives: [authorizeDirective] });
    expect(() => enforceAuthorize(schema, { namespace: 'Documents' })).not.toThrow();
  });
});
