import { describe, expect, it } from 'vitest';

import { execute, guardedSchema, ScriptedContext } from '../../support/guarded-schema.js';

const people = [
  { id: '1', email: 'one@example.com' },
  { id: '2', email: 'two@example.com' },
  { id: '3', email: 'three@example.com' },
];

const schema = guardedSchema(
  `
  type Person @key(fields: "id") @authorize(action: "readPerson") {
    id: ID!
    email: String @authorize(action: "readContact")
    tags: [String!] @authorize(action: "readTags") @authorize(action: "readContact")
  }
  type Edge { cursor: String!  node: Person! }
  type Connection { edges: [Edge!]!  nodes: [Person!]! }
  union Found = Person | Note
  type Note { text: String }
  type Query {
    person(id: ID!): Person
    people: Connection
    perhaps: [Person]
    grid: [[Person!]!]
    found: [Found!]!
    later: Person
    open: String
    sealed: String @authorize(action: "openSeal")
    mine: String @authorize(action: "readPerson", resource: "$viewer")
    byInput(input: Named!): String @authorize(action: "readPerson", resource: "$args.input.personId", resourceType: "Person")
    several(ids: [ID!]): String @authorize(action: "readPerson", resource: "$args.ids", resourceType: "Person")
  }
  input Named { personId: ID }
`,
  {
    Person: {
      tags: () => ['tag'],
      __resolveReference: (reference: { id: string }) => people.find(({ id }) => id === reference.id) ?? null,
    },
    Found: { __resolveType: (value: { text?: string }) => (value.text === undefined ? 'Person' : 'Note') },
    Query: {
      person: (_: unknown, { id }: { id: string }) => people.find((person) => person.id === id) ?? null,
      people: () => ({ nodes: people, edges: people.map((node) => ({ cursor: node.id, node })) }),
      perhaps: () => people,
      grid: () => [people, people.slice(1)],
      found: () => [...people, { text: 'a note' }],
      later: () => Promise.resolve(people[0]),
      open: () => 'open',
      sealed: () => 'sealed',
      mine: () => 'mine',
      byInput: () => 'by input',
      several: () => 'several',
    },
  },
);

const read = (...ids: string[]) => ids.map((id) => `readPerson Identity::Person::"${id}"`);
const contact = (...ids: string[]) => ids.map((id) => `readContact Identity::Person::"${id}"`);

describe('a guarded field', () => {
  it('is null with a FORBIDDEN error at its own path, and its siblings stay', async () => {
    const context = new ScriptedContext('v', read('1'));
    const { data, errors } = await execute(schema, '{ person(id: "1") { id email } }', context);
    expect(data).toEqual({ person: { id: '1', email: null } });
    expect(errors).toEqual(['FORBIDDEN at person.email']);
  });

  it('resolves where it is allowed', async () => {
    const context = new ScriptedContext('v', [...read('1'), ...contact('1')]);
    const { data, errors } = await execute(schema, '{ person(id: "1") { email } }', context);
    expect(errors).toEqual([]);
    expect(data).toEqual({ person: { email: 'one@example.com' } });
  });

  it('with several guards needs them all', async () => {
    const one = new ScriptedContext('v', [...read('1'), ...contact('1')]);
    expect((await execute(schema, '{ person(id: "1") { tags } }', one)).errors).toEqual([
      'FORBIDDEN at person.tags',
    ]);
    const both = new ScriptedContext('v', [...read('1'), ...contact('1'), 'readTags Identity::Person::"1"']);
    expect((await execute(schema, '{ person(id: "1") { tags } }', both)).data).toEqual({
      person: { tags: ['tag'] },
    });
  });

  it('on a root type is about the application', async () => {
    const context = new ScriptedContext('v', []);
    const { errors } = await execute(schema, '{ sealed open }', context);
    expect(errors).toEqual(['FORBIDDEN at sealed']);
    expect(context.asked).toEqual(['openSeal Identity::Application::"portcullis"']);
  });

  it('may be about the viewer', async () => {
    const context = new ScriptedContext('v', ['readPerson Identity::User::"v"']);
    expect((await execute(schema, '{ mine }', context)).data).toEqual({ mine: 'mine' });
  });

  it('about the viewer is denied to a service, which is nobody’s account, and nothing is asked', async () => {
    const context = new ScriptedContext({ id: 'v', scopes: [], expiresAt: new Date(0) }, [
      'readPerson Identity::User::"v"',
      'readPerson Identity::Service::"v"',
    ]);
    expect((await execute(schema, '{ mine }', context)).errors).toEqual(['FORBIDDEN at mine']);
    expect(context.asked).toEqual([]);
  });

  it('finds its resource along a path into the arguments', async () => {
    const context = new ScriptedContext('v', read('7'));
    expect((await execute(schema, '{ byInput(input: { personId: "7" }) }', context)).data).toEqual({
      byInput: 'by input',
    });
  });

  it.each([
    '{ byInput(input: {}) }',
    '{ byInput(input: { personId: null }) }',
    '{ several }',
    '{ several(ids: []) }',
  ])('denies where the path leads nowhere: %s', async (operation) => {
    const context = new ScriptedContext('v', () => 'PERMITTED');
    const { errors } = await execute(schema, operation, context);
    expect(errors).toEqual([expect.stringContaining('FORBIDDEN')]);
  });

  it('asks about every id of a list, and needs them all', async () => {
    const context = new ScriptedContext('v', read('1'));
    const { errors } = await execute(schema, '{ several(ids: ["1", "2"]) }', context);
    expect(errors).toEqual(['FORBIDDEN at several']);
    expect(context.asked).toEqual(read('1', '2'));
  });

  it('tells who is not signed in so, and asks nothing', async () => {
    const context = new ScriptedContext(null, () => 'PERMITTED');
    const { data, errors } = await execute(schema, '{ sealed open }', context);
    expect(data).toEqual({ sealed: null, open: 'open' });
    expect(errors).toEqual(['UNAUTHENTICATED at sealed']);
    expect(context.asked).toEqual([]);
  });

  it('fails closed where the engine cannot answer', async () => {
    const context = new ScriptedContext('v', () => 'UNAVAILABLE');
    expect((await execute(schema, '{ sealed }', context)).errors).toEqual([
      'AUTHORIZATION_UNAVAILABLE at sealed',
    ]);
  });

  it('calls a resource that cannot exist the caller’s fault', async () => {
    const context = new ScriptedContext('v', () => 'INVALID');
    expect((await execute(schema, '{ several(ids: [""]) }', context)).errors).toEqual([
      'BAD_USER_INPUT at several',
    ]);
  });
});

describe('a guarded type', () => {
  it('makes a denied object null', async () => {
    const { data, errors } = await execute(
      schema,
      '{ person(id: "2") { id } open }',
      new ScriptedContext('v', []),
    );
    expect(data).toEqual({ person: null, open: 'open' });
    expect(errors).toEqual(['FORBIDDEN at person']);
  });

  it('guards what a promise yields', async () => {
    const { data } = await execute(schema, '{ later { id } }', new ScriptedContext('v', []));
    expect(data).toEqual({ later: null });
  });

  it('leaves denied items out of a list of non-null items, and counts them', async () => {
    const context = new ScriptedContext('v', read('1', '3'));
    const { data, errors } = await execute(schema, '{ people { nodes { id } } }', context);
    expect(data).toEqual({ people: { nodes: [{ id: '1' }, { id: '3' }] } });
    expect(errors).toEqual([]);
    expect(context.filtered).toEqual(['Identity::Person::"2"']);
  });

  it('takes the edge along with its node', async () => {
    const context = new ScriptedContext('v', read('3'));
    const { data, errors } = await execute(schema, '{ people { edges { cursor node { id } } } }', context);
    expect(data).toEqual({ people: { edges: [{ cursor: '3', node: { id: '3' } }] } });
    expect(errors).toEqual([]);
  });

  it('puts an error in place of a denied item of a nullable list', async () => {
    const { data, errors } = await execute(
      schema,
      '{ perhaps { id } }',
      new ScriptedContext('v', read('1', '3')),
    );
    expect(data).toEqual({ perhaps: [{ id: '1' }, null, { id: '3' }] });
    expect(errors).toEqual(['FORBIDDEN at perhaps.1']);
  });

  it('reaches into lists of lists', async () => {
    const { data } = await execute(schema, '{ grid { id } }', new ScriptedContext('v', read('2')));
    expect(data).toEqual({ grid: [[{ id: '2' }], [{ id: '2' }]] });
  });

  it('is found behind a union', async () => {
    const { data } = await execute(
      schema,
      '{ found { __typename ... on Person { id } } }',
      new ScriptedContext('v', read('1')),
    );
    expect(data).toEqual({ found: [{ __typename: 'Person', id: '1' }, { __typename: 'Note' }] });
  });

  it('is what the abstract type says a value is, whatever the value calls itself', async () => {
    const disguised = guardedSchema(
      `
      type Secret @key(fields: "id") @authorize(action: "readSecret") { id: ID! }
      type Note { id: ID! }
      union Found = Secret | Note
      union Later = Secret | Note
      type Query { found: Found later: Later }
    `,
      {
        Found: { __resolveType: () => 'Secret' },
        Later: { __resolveType: () => Promise.resolve('Secret') },
        Query: {
          found: () => ({ __typename: 'Note', id: '1' }),
          later: () => ({ __typename: 'Note', id: '1' }),
        },
      },
    );
    const context = new ScriptedContext('v', []);
    const operation = '{ found { ... on Secret { id } } later { ... on Secret { id } } }';
    const { data, errors } = await execute(disguised, operation, context);
    expect(data).toEqual({ found: null, later: null });
    // What only turns out later is not asked about.
    expect(errors.toSorted()).toEqual(['AUTHORIZATION_UNAVAILABLE at later', 'FORBIDDEN at found']);
  });

  it('is what a value calls itself where the abstract type does not say', async () => {
    const named = guardedSchema(
      `
      type Secret @key(fields: "id") @authorize(action: "readSecret") { id: ID! }
      type Note { id: ID! }
      union Found = Secret | Note
      type Query { found: [Found] }
    `,
      { Query: { found: () => ['Secret', 'Note'].map((__typename) => ({ __typename, id: '1' })) } },
    );
    const { data } = await execute(named, '{ found { __typename } }', new ScriptedContext('v', []));
    expect(data).toEqual({ found: [null, { __typename: 'Note' }] });
  });

  it('is asked about anew where the same object is shown as another type', async () => {
    const record = { id: '1' };
    const twofold = guardedSchema(
      `
      type Summary @key(fields: "id") @authorize(action: "readSummary") { id: ID! whole: Whole }
      type Whole @key(fields: "id") @authorize(action: "readWhole") { id: ID! }
      type Query { summary: Summary }
    `,
      { Summary: { whole: (summary: object) => summary }, Query: { summary: () => record } },
    );
    const context = new ScriptedContext('v', ['readSummary Identity::Summary::"1"']);
    const { data, errors } = await execute(twofold, '{ summary { id whole { id } } }', context);
    expect(data).toEqual({ summary: { id: '1', whole: null } });
    expect(errors).toEqual(['FORBIDDEN at summary.whole']);
  });

  it('does not pass an outage off as a shorter list', async () => {
    const context = new ScriptedContext('v', (question) =>
      question.includes('"2"') ? 'UNAVAILABLE' : 'PERMITTED',
    );
    const { data, errors } = await execute(schema, '{ people { nodes { id } } open }', context);
    expect(data).toEqual({ people: null, open: 'open' });
    expect(errors).toEqual(['AUTHORIZATION_UNAVAILABLE at people.nodes']);
  });

  it('asks once about an object that is reached twice', async () => {
    const context = new ScriptedContext('v', read('1', '2', '3'));
    await execute(schema, '{ people { edges { node { id } } } }', context);
    expect(context.asked).toEqual(read('1', '2', '3'));
  });
});

describe('reference resolvers', () => {
  const entities = (representations: object[], context: ScriptedContext) =>
    execute(
      schema,
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Person { id email } } open }',
      context,
      { r: representations },
    );
  const person = (id: string, more: object = {}) => ({ __typename: 'Person', id, ...more });

  it('deny one of three, and the others are there', async () => {
    const context = new ScriptedContext('v', [...read('1', '3'), ...contact('1', '3')]);
    const { data, errors } = await entities([person('1'), person('2'), person('3')], context);
    expect(data).toEqual({
      _entities: [{ id: '1', email: 'one@example.com' }, null, { id: '3', email: 'three@example.com' }],
      open: 'open',
    });
    expect(errors).toEqual(['FORBIDDEN at _entities.1']);
  });

  it('fail each for itself where nobody is signed in', async () => {
    const { data, errors } = await entities([person('1'), person('2')], new ScriptedContext(null, []));
    expect(data).toEqual({ _entities: [null, null], open: 'open' });
    expect(errors).toEqual(['UNAUTHENTICATED at _entities.0', 'UNAUTHENTICATED at _entities.1']);
  });

  it('take nothing but the key from a representation', async () => {
    const context = new ScriptedContext('v', [...read('1'), ...contact('1')]);
    const { data } = await entities([person('1', { email: 'forged@example.com' })], context);
    expect(data).toMatchObject({ _entities: [{ email: 'one@example.com' }] });
  });

  it.each([
    ['an unknown type', { __typename: 'Nope', id: '1' }],
    ['a type that is no entity', { __typename: 'Note', id: '1' }],
    ['the query type', { __typename: 'Query', id: '1' }],
    ['an inherited name', { __typename: 'constructor', id: '1' }],
    ['no type', { id: '1' }],
    ['a type that is no string', { __typename: 5, id: '1' }],
    ['no key', { __typename: 'Person' }],
    ['a null key', { __typename: 'Person', id: null }],
    ['a key in a list', { __typename: 'Person', id: ['1'] }],
    ['an object for a key', { __typename: 'Person', id: { role: 'admin' } }],
    ['an empty key', { __typename: 'Person', id: '' }],
    ['a key without end', { __typename: 'Person', id: 'x'.repeat(201) }],
    ['half a character for a key', { __typename: 'Person', id: '\ud800' }],
  ])('are not asked for %s, and the others are there', async (_what, representation) => {
    const context = new ScriptedContext('v', () => 'PERMITTED');
    const { data, errors } = await entities([representation, person('1')], context);
    expect(data).toMatchObject({ _entities: [null, { id: '1' }], open: 'open' });
    expect(errors).toEqual(['BAD_USER_INPUT at _entities.0']);
  });

  it('are asked for 1,000 at once at the most', async () => {
    const many = Array.from({ length: 1_001 }, () => person('1'));
    const { errors } = await entities(many, new ScriptedContext('v', () => 'PERMITTED'));
    expect(errors).toEqual(['BAD_USER_INPUT at _entities']);
  });
});

describe('the schema does not build', () => {
  it.each([
    ['an entity that says nothing', 'type A @key(fields: "id") { id: ID! }', /A is an entity with neither/],
    [
      'an entity that says both',
      'type A @key(fields: "id") @public @authorize(action: "x") { id: ID! }',
      /A is both/,
    ],
    ['a path of no kind', 'type A { x: String @authorize(action: "x", resource: "id") }', /cannot follow/],
    [
      'a type that is no entity, without a resource',
      'type A { x: String @authorize(action: "x") }',
      /no entity/,
    ],
    [
      'a root field without a resourceType',
      'extend type Query { x(id: ID): String @authorize(action: "x", resource: "$args.id") }',
      /needs a resourceType/,
    ],
    [
      'a guard on a field of an interface',
      'interface Named { name: String @authorize(action: "x", resource: "$viewer") } type A implements Named { name: String }',
      /guards nothing here:\nNamed\.name is a field of an interface: guard it on the object types\.$/,
    ],
    [
      'a guard on the query type',
      'extend type Query @authorize(action: "x", resource: "$viewer")',
      /guards nothing here:\nQuery is a root type: guard its fields\.$/,
    ],
    [
      'a guard on the mutation type',
      'type Mutation @authorize(action: "x") { go: String }',
      /\nMutation is a root type/,
    ],
  ])('with %s', (_what, sdl, message) => {
    expect(() => guardedSchema(`type Query { open: String } ${sdl}`)).toThrow(message);
  });

  it('but does with a public entity', async () => {
    const open = guardedSchema('type Query { a: A } type A @key(fields: "id") @public { id: ID! }', {
      Query: { a: () => ({ id: '1' }) },
    });
    expect((await execute(open, '{ a { id } }', new ScriptedContext(null, []))).data).toEqual({
      a: { id: '1' },
    });
  });
});
