import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, graphql, parse, subscribe, type ExecutionResult, type GraphQLSchema } from 'graphql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import {
  authorizeTypeDefs,
  createDecisionClient,
  enforceAuthorize,
  entity,
  type Authorizer,
  type EnforceAuthorizeOptions,
  type TrialDenial,
} from '../../../src/authorize/index.js';
import { answer, DecidingServer, decided, tokenOf } from '../../support/deciding-server.js';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@composeDirective"])';

let server: DecidingServer;
let context: { readonly authorization: Authorizer };
beforeEach(async () => {
  server = await DecidingServer.start();
  const client = createDecisionClient({ url: server.url, credential: () => 'service', attempts: 1 });
  context = { authorization: client.forRequest({ accessToken: tokenOf({ sub: 'ada' }) }) };
});
afterEach(() => server.stop());

function guarded(
  sdl: string,
  resolvers: object,
  options: Partial<EnforceAuthorizeOptions> = {},
): GraphQLSchema {
  const typeDefs = [LINK, authorizeTypeDefs, sdl].map((text) => parse(text));
  const schema = buildSubgraphSchema({ typeDefs, resolvers: resolvers as never });
  return enforceAuthorize(schema, { namespace: 'Documents', ...options });
}

const ask = (schema: GraphQLSchema, source: string) => graphql({ schema, source, contextValue: context });
const codesOf = ({ errors = [] }: ExecutionResult) =>
  errors.map(({ extensions, path }) => `${String(extensions.code)} at ${path?.join('.')}`);

describe('what a guard is about', () => {
  it.each([
    ['the application', '@authorize(action: "list")', 'Identity::Application::"portcullis"'],
    [
      'an argument',
      '@authorize(action: "list", resource: "$args.id", resourceType: "Document")',
      'Documents::Document::"7"',
    ],
    [
      'a type of another namespace',
      '@authorize(action: "list", resource: "$args.id", resourceType: "Identity::User")',
      'Identity::User::"7"',
    ],
    ['whoever asks', '@authorize(action: "list", resource: "$viewer")', 'Identity::User::"ada"'],
  ])('%s', async (_, guard, resource) => {
    const schema = guarded(`type Query { list(id: ID): String ${guard} }`, {
      Query: { list: () => 'listed' },
    });
    expect((await ask(schema, '{ list(id: "7") }')).data).toEqual({ list: 'listed' });
    expect(server.asked).toEqual([[`list ${resource}`]]);
    // An action is the subgraph's own, whatever it is about.
    expect(server.requests[0]?.checks[0]?.action).toBe('Documents::Action::"list"');
  });

  it('an application of its own, and an action of another namespace', async () => {
    const schema = guarded(
      'type Query { list: String @authorize(action: "Identity::listUsers") }',
      { Query: { list: () => 'listed' } },
      { application: { type: 'Documents::Library', id: 'main' } },
    );
    await ask(schema, '{ list }');
    expect(server.requests[0]?.checks).toEqual([
      { action: 'Identity::Action::"listUsers"', resource: { type: 'Documents::Library', id: 'main' } },
    ]);
  });

  it('ids that are numbers', async () => {
    const schema = guarded(
      'type Query { document: Document } type Document @key(fields: "id") @authorize(action: "read") { id: ID! }',
      {
        Query: { document: () => ({ id: 7 }) },
        Document: { __resolveReference: ({ id }: { id: string }) => ({ id }) },
      },
    );
    expect((await ask(schema, '{ document { id } }')).data).toEqual({ document: { id: '7' } });
    expect(server.asked).toEqual([['read Documents::Document::"7"']]);
  });
});

describe('what the policies are told', () => {
  const SDL = `
    type Query { documents: [Document!]! }
    type Mutation { archive(ids: [ID!]!): Boolean @authorize(action: "edit", resource: "$args.ids", resourceType: "Document") }
    type Document @key(fields: "id") @authorize(action: "read") {
      id: ID!
      parentId: ID
      parent: String @authorize(action: "read", resource: "$source.parentId")
    }
  `;
  const stored = new Map(
    [
      { id: '1', ownerId: 'ada', parentId: '2' },
      { id: '2', ownerId: 'bob', parentId: null },
    ].map((document) => [document.id, document]),
  );
  type Stored = typeof stored extends Map<string, infer Value> ? Value : never;
  const resolvers = {
    Query: { documents: () => [...stored.values()].slice(0, 1) },
    Mutation: { archive: () => true },
    Document: { __resolveReference: ({ id }: Stored) => stored.get(id), parent: () => 'parent' },
  };
  const attributes = ({ ownerId }: Stored) => ({ owner: entity('Identity::User', ownerId) });
  const owner = (id: string) => ({ owner: { __entity: { type: 'Identity::User', id } } });
  const told = () => server.requests.flatMap(({ checks }) => checks.map((check) => check.resourceAttributes));

  it('is said of what was found, and never of what that only names', async () => {
    const schema = guarded(SDL, resolvers, { resources: { Document: attributes } });
    await ask(schema, '{ documents { parent } }');
    const asked = server.asked.flat().map((question, index) => [question, told()[index]]);
    expect(Object.fromEntries(asked)).toEqual({
      'read Documents::Document::"1"': owner('ada'),
      'read Documents::Document::"2"': undefined,
    });
  });

  it('is found for what is only named, later if need be', async () => {
    const load = async (id: string) => stored.get(id);
    const schema = guarded(SDL, resolvers, {
      resources: { Document: { attributes: async (value) => attributes(value as Stored), load } },
    });
    await ask(schema, '{ documents { parent } }');
    expect(told()).toEqual([owner('ada'), owner('bob')]);
    expect(codesOf(await ask(schema, 'mutation { archive(ids: ["1", "2"]) }'))).toEqual([]);
    expect(codesOf(await ask(schema, 'mutation { archive(ids: ["1", "none"]) }'))).toEqual([
      'FORBIDDEN at archive',
    ]);
  });

  it('denies where it cannot be found', async () => {
    const load = async () => Promise.reject(new Error('The database is gone.'));
    const schema = guarded(SDL, resolvers, { resources: { Document: { attributes: () => ({}), load } } });
    const result = await ask(schema, 'mutation { archive(ids: ["1"]) }');
    expect(result.data).toEqual({ archive: null });
    expect(server.requests).toEqual([]);
  });

  it('must not come from the representation of who asks', () => {
    const { Query, Mutation } = resolvers;
    expect(() => guarded(SDL, { Query, Mutation }, { resources: { Document: attributes } })).toThrow(
      'resources.Document: Document needs a __resolveReference, or callers describe it.',
    );
  });
});

describe('an entity of federation', () => {
  const onType = 'type Document @key(fields: "id") @authorize(action: "read") { id: ID! }';
  const onField =
    'type Document @key(fields: "id") { id: ID! text: String @authorize(action: "read", resource: "$source.ownerId") }';
  const open = 'type Query { open: String @authorize(action: "list") }';

  it.each([
    ['itself', onType],
    ['in a field', onField],
    ['and is only said not to be had by its key', onType.replace('"id"', '"id", resolvable: false')],
  ])('that is guarded %s must be found, and not be what who asks sends', (_, sdl) => {
    expect(() => guarded(`${open} ${sdl}`, {})).toThrow(
      'Document is guarded: it needs a __resolveReference, or callers say what its guards are about.',
    );
    const found = { Document: { __resolveReference: () => ({ id: '1' }) } };
    expect(() => guarded(`${open} ${sdl}`, found)).not.toThrow();
  });

  it('that is not guarded need not', () => {
    const sdl = 'type Document @key(fields: "id") { id: ID! }';
    expect(() => guarded(`${open} ${sdl}`, {})).not.toThrow();
  });
});

it('denies an object behind an interface or a union, by what it is', async () => {
  const schema = guarded(
    `type Query { node: Node any: [Any] }
     interface Node { id: ID! }
     union Any = Document | Open
     type Document implements Node @key(fields: "id") @authorize(action: "read") { id: ID! }
     type Open { text: String }`,
    {
      Query: {
        node: () => ({ __typename: 'Document', id: '1' }),
        any: () => [
          { __typename: 'Document', id: '1' },
          { __typename: 'Open', text: 'open' },
        ],
      },
      Document: { __resolveReference: ({ id }: { id: string }) => ({ __typename: 'Document', id }) },
    },
  );
  server.answering = ({ checks }, response) => answer(response, decided(checks, ['1']));
  const result = await ask(schema, '{ node { id } any { ... on Document { id } ... on Open { text } } }');
  expect(result.data).toEqual({ node: null, any: [null, { text: 'open' }] });
  expect(codesOf(result).sort()).toEqual(['FORBIDDEN at any.0', 'FORBIDDEN at node']);
  expect(server.requests).toHaveLength(1);
});

it('decides each event of a subscription anew', async () => {
  const schema = guarded(
    `type Query { open: String }
     type Subscription { changed: Document @authorize(action: "watch") }
     type Document @key(fields: "id") @authorize(action: "read") { id: ID! }`,
    {
      Subscription: {
        changed: {
          async *subscribe() {
            yield { changed: { id: '1' } };
            yield { changed: { id: '1' } };
          },
        },
      },
      Document: { __resolveReference: ({ id }: { id: string }) => ({ id }) },
    },
  );
  const events = await subscribe({
    schema,
    document: parse('subscription { changed { id } }'),
    contextValue: context,
  });
  const seen: ExecutionResult[] = [];
  for await (const event of events as AsyncIterable<ExecutionResult>) {
    seen.push(event);
    server.answering = ({ checks }, response) => answer(response, decided(checks, ['1']));
  }
  expect(seen.map(({ data }) => data)).toEqual([{ changed: { id: '1' } }, { changed: null }]);
});

it('starts the source of a subscription whatever guards the field, unless `subscribe` asks itself', async () => {
  let started = 0;
  async function* changes() {
    started += 1;
    yield { guarded: '1', asking: '1' };
  }
  const schema = guarded(
    `type Query { open: String }
     type Subscription { guarded: String @authorize(action: "watch") asking: String }`,
    {
      Subscription: {
        guarded: { subscribe: changes },
        asking: {
          async subscribe(_source: unknown, _args: unknown, { authorization }: typeof context) {
            await authorization.require('watch', { type: 'Documents::Document', id: '1' });
            return changes();
          },
        },
      },
    },
  );
  server.answering = ({ checks }, response) => answer(response, decided(checks, ['1', 'portcullis']));
  const begin = (source: string) => subscribe({ schema, document: parse(source), contextValue: context });

  const refused = (await begin('subscription { asking }')) as ExecutionResult;
  expect(codesOf(refused)).toEqual(['FORBIDDEN at asking']);
  expect(started).toBe(0);

  const events = (await begin('subscription { guarded }')) as AsyncGenerator<ExecutionResult>;
  expect(codesOf((await events.next()).value as ExecutionResult)).toEqual(['FORBIDDEN at guarded']);
  expect(started).toBe(1);
});

it('lets a guard on trial deny nobody, and tells what it would have', async () => {
  const trials: TrialDenial[] = [];
  const sdl = 'type Query { list: String @authorize(action: "list", dryRun: true) }';
  const schema = guarded(
    sdl,
    { Query: { list: () => 'listed' } },
    { onDryRun: (trial) => trials.push(trial) },
  );
  server.answering = ({ checks }, response) => answer(response, decided(checks, ['portcullis']));
  expect((await ask(schema, '{ list }')).data).toEqual({ list: 'listed' });
  expect(trials).toEqual([
    { field: 'Query.list', action: 'list', resourceType: 'Identity::Application', reason: 'NOT_PERMITTED' },
  ]);
  expect(() => guarded(sdl, {})).toThrow('Nobody is told of the guards on trial');
});

it('says what is missing where the context has no decisions, and shows nothing', async () => {
  const schema = guarded('type Query { list: String @authorize(action: "list") open: String }', {
    Query: { list: () => 'listed', open: () => 'open' },
  });
  const document = parse('{ list open }');
  const result = await execute({ schema, document, contextValue: {} });
  expect(result.data).toEqual({ list: null, open: 'open' });
  expect(result.errors?.[0]?.message).toMatch('@authorize finds no decisions in the context');
});

it('leaves mutations alone that guard nothing, in whatever context', async () => {
  const schema = guarded('type Query { open: String } type Mutation { touch: Boolean }', {
    Mutation: { touch: () => true },
  });
  const document = parse('mutation { touch }');
  expect(await execute({ schema, document })).toEqual({ data: { touch: true } });
});

it.each([
  ['a namespace that is none', 'type Query { a: String }', { namespace: 'No such' }, 'is no Cedar namespace'],
  [
    'a resource that is no type',
    'type Query { a: String }',
    { resources: { Ghost: () => ({}) } },
    'no such type',
  ],
  [
    'a guard on an interface',
    'type Query { a: A } interface A @key(fields: "id") { id: ID! @authorize(action: "a") }',
    {},
    'guard it on the object types',
  ],
  [
    'a guard without a resource',
    'type Query { a: A } type A { a: String @authorize(action: "a") }',
    {},
    'A is no entity',
  ],
])('does not start with %s', (_, sdl, options, message) => {
  expect(() => guarded(sdl, {}, options)).toThrow(message);
});

describe('a subgraph that cannot say what a guard is about', () => {
  const SDL = `
    type Query { document: Document trial: Trial byId(id: ID!): String @authorize(action: "read", resource: "$args.id", resourceType: "Document") }
    type Document @key(fields: "id") @authorize(action: "read") { id: ID! }
    type Trial @key(fields: "id") @authorize(action: "read", dryRun: true) { id: ID! }
  `;
  const resolvers = {
    Query: { document: () => ({ id: '1' }), trial: () => ({ id: '1' }), byId: () => 'found' },
    Document: { __resolveReference: () => null },
    Trial: { __resolveReference: () => null },
  };
  const fails = () => {
    throw new Error('db down at 10.0.0.3');
  };
  const failsLater = () => Promise.reject(new Error('db down at 10.0.0.3'));

  it.each([
    ['fails', fails],
    ['fails later', failsLater],
    ['says nothing', () => undefined as never],
  ])('denies where it %s, and tells nobody why', async (_, attributes) => {
    const schema = guarded(SDL, resolvers, {
      resources: { Document: { attributes, load: failsLater } },
      onDryRun: () => {},
    });
    const result = await ask(schema, '{ document { id } byId(id: "1") }');
    expect(result.data).toEqual({ document: null, byId: null });
    expect(codesOf(result).sort()).toEqual([
      'AUTHORIZATION_UNAVAILABLE at byId',
      'AUTHORIZATION_UNAVAILABLE at document',
    ]);
    expect(JSON.stringify(result)).not.toContain('10.0.0.3');
    expect(server.requests).toEqual([]);
  });

  it('denies nothing where the guard is on trial, whatever becomes of what it tells', async () => {
    const schema = guarded(SDL, resolvers, {
      resources: { Trial: fails },
      onDryRun: fails,
    });
    expect(await ask(schema, '{ trial { id } }')).toEqual({ data: { trial: { id: '1' } } });
  });
});

it('finds ids that are accessors of a class, and nothing that every object has', async () => {
  class Model {
    get id() {
      return '1';
    }
  }
  const sdl = `
    type Query { document: Document odd: Odd }
    type Document @key(fields: "id") @authorize(action: "read") { id: ID! }
    type Odd @key(fields: "id") @authorize(action: "read", resource: "$source.constructor.name") { id: ID! }
  `;
  const schema = guarded(sdl, {
    Query: { document: () => new Model(), odd: () => new Model() },
    Document: { __resolveReference: () => null },
    Odd: { __resolveReference: () => null },
  });
  const result = await ask(schema, '{ document { id } odd { id } }');
  expect(result.data).toEqual({ document: { id: '1' }, odd: null });
  expect(server.asked).toEqual([['read Documents::Document::"1"']]);
});
