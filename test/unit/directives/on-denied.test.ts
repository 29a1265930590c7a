import { describe, expect, it } from 'vitest';

import type { Asker } from '../../../src/services/authentication/asker.js';
import type { DecisionReason } from '../../../src/services/authorization/decision.js';
import { execute, guardedSchema, may, ScriptedContext } from '../../support/guarded-schema.js';
import { withUnheard } from '../../support/unheard.js';

const ids = ['1', '2', '3'];
const things = ids.map((id) => ({ id }));

const schema = guardedSchema(
  `
  type Soft @key(fields: "id") @authorize(action: "readSoft", onDenied: FILTER) { id: ID! }
  type Mixed @key(fields: "id")
    @authorize(action: "first", onDenied: FILTER)
    @authorize(action: "second") { id: ID! }
  type Plain { id: ID! }
  type SoftEdge { node: Soft! }
  type Connection { edges: [SoftEdge]  nodes: [Soft!]! }
  interface Named { id: ID! }
  type Query {
    soft: Soft
    softs: [Soft]
    strictSofts: [Soft!]!
    grid: [[Soft]]
    connection: Connection
    mixed: [Mixed]
    plain: [Plain] @authorize(action: "see", onDenied: FILTER)
    strictPlain: [Plain!]! @authorize(action: "see", onDenied: FILTER)
    plainGrid: [[Plain!]!] @authorize(action: "see", onDenied: FILTER)
    owned: [Owned!] @authorize(action: "see", resource: "$item.owner.id", resourceType: "Owner", onDenied: FILTER)
    keys: [ID!] @authorize(action: "see", resourceType: "Plain", onDenied: FILTER)
    both: [Plain] @authorize(action: "see", onDenied: FILTER) @authorize(action: "list")
    twofold: [Soft!] @authorize(action: "see", onDenied: FILTER)
    later: [Plain] @authorize(action: "see", onDenied: FILTER)
    open: String
  }
  type Owned { id: ID!  owner: Plain }
`,
  {
    Soft: { __resolveReference: ({ id }: { id: string }) => ({ id }) },
    Query: {
      soft: () => things[0],
      softs: () => [...things, null],
      strictSofts: () => things,
      grid: () => [things, null, things.slice(1)],
      connection: () => ({ nodes: things, edges: things.map((node) => ({ node })) }),
      mixed: () => things,
      plain: () => [...things, null],
      strictPlain: () => things,
      plainGrid: () => [things, things.slice(1)],
      owned: () => [
        { id: 'a', owner: { id: '1' } },
        { id: 'b', owner: { id: '2' } },
      ],
      keys: () => ids,
      both: () => things,
      twofold: () => things,
      later: () => Promise.resolve(things.map((thing) => Promise.resolve(thing))),
      open: () => 'open',
    },
  },
);

const ask = async (source: string, allowed: string[] | ((question: string) => DecisionReason)) => {
  const context = new ScriptedContext('v', allowed);
  return { ...(await execute(schema, source, context)), context };
};
const of = (...found: (string | null)[]) => found.map((id) => id && { id });

describe('FILTER on a type', () => {
  it('takes denied items out of lists, nullable or not, and counts them; what was null stays', async () => {
    const { data, errors, context } = await ask(
      '{ softs { id } strictSofts { id } grid { id } }',
      may('readSoft', 'Soft', '1', '3'),
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      softs: of('1', '3', null),
      strictSofts: of('1', '3'),
      grid: [of('1', '3'), null, of('3')],
    });
    expect(new Set(context.filtered)).toEqual(new Set(['Identity::Soft::"2"']));
  });

  it('takes the edge along with its node, in a nullable list too', async () => {
    const { data, errors } = await ask(
      '{ connection { nodes { id } edges { node { id } } } }',
      may('readSoft', 'Soft', '2'),
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({ connection: { nodes: of('2'), edges: [{ node: { id: '2' } }] } });
  });

  it('makes an object that stands alone null, with an error', async () => {
    const { data, errors } = await ask('{ soft { id } open }', []);
    expect(data).toEqual({ soft: null, open: 'open' });
    expect(errors).toEqual(['FORBIDDEN at soft']);
  });

  it('leaves the places of representations as they are', async () => {
    const context = new ScriptedContext('v', may('readSoft', 'Soft', '1', '3'));
    const r = ids.map((id) => ({ __typename: 'Soft', id }));
    const { data, errors } = await execute(
      schema,
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Soft { id } } }',
      context,
      { r },
    );
    expect(data).toEqual({ _entities: of('1', null, '3') });
    expect(errors).toEqual(['FORBIDDEN at _entities.1']);
  });

  it.each(['UNAVAILABLE', 'INVALID'] as const)('never passes %s off as a shorter list', async (reason) => {
    const { data, errors } = await ask('{ softs { id } open }', (question) =>
      question.includes('"2"') ? reason : 'PERMITTED',
    );
    expect(data).toEqual({ softs: null, open: 'open' });
    expect(errors).toEqual(['AUTHORIZATION_UNAVAILABLE at softs']);
  });

  it('yields to a stricter guard beside it, whichever is written first', async () => {
    const { data, errors } = await ask('{ mixed { id } }', [
      ...may('first', 'Mixed', '1', '2'),
      ...may('second', 'Mixed', '1', '3'),
    ]);
    expect(data).toEqual({ mixed: of('1', null) });
    expect(errors).toEqual(['FORBIDDEN at mixed.1']);
    const neither = await ask('{ mixed { id } }', may('first', 'Mixed', '1'));
    expect(neither.data).toEqual({ mixed: [null, null, null] });
  });
});

describe('FILTER on a field', () => {
  it('decides on each item of its list, nullable or not, awaited or not', async () => {
    const { data, errors, context } = await ask(
      '{ plain { id } strictPlain { id } plainGrid { id } later { id } renamed: plain { id } }',
      may('see', 'Plain', '2', '3'),
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      plain: of('2', '3', null),
      strictPlain: of('2', '3'),
      plainGrid: [of('2', '3'), of('2', '3')],
      later: of('2', '3'),
      renamed: of('2', '3', null),
    });
    expect(new Set(context.filtered)).toEqual(new Set(['Identity::Plain::"1"']));
  });

  it('follows a path into the item, or takes a scalar for the id', async () => {
    const { data } = await ask('{ owned { id } keys }', [
      ...may('see', 'Owner', '2'),
      ...may('see', 'Plain', '3'),
    ]);
    expect(data).toEqual({ owned: of('b'), keys: ['3'] });
  });

  it('asks the guards of field and type in one go, and needs both', async () => {
    const { data, errors, context } = await ask('{ twofold { id } }', [
      ...may('see', 'Soft', '1', '2'),
      ...may('readSoft', 'Soft', '2', '3'),
    ]);
    expect([data, errors]).toEqual([{ twofold: of('2') }, []]);
    expect(context.asked).toHaveLength(6);
  });

  it('comes after a guard that nulls the field', async () => {
    const { data, errors, context } = await ask('{ both { id } open }', may('see', 'Plain', '1'));
    expect(data).toEqual({ both: null, open: 'open' });
    expect(errors).toEqual(['FORBIDDEN at both']);
    expect(context.asked).toEqual(['list Identity::Application::"portcullis"']);
  });

  it('fails the field where an item cannot be decided on', async () => {
    const { errors } = await ask('{ plain { id } }', (question) =>
      question.includes('"3"') ? 'UNAVAILABLE' : 'NOT_PERMITTED',
    );
    expect(errors).toEqual(['AUTHORIZATION_UNAVAILABLE at plain']);
  });

  it('tells who is not signed in so, of an empty list too', async () => {
    let resolved = 0;
    const empty = guardedSchema(
      'type Query { none: [Plain] @authorize(action: "see", onDenied: FILTER) } type Plain { id: ID! }',
      { Query: { none: () => ((resolved += 1), []) } },
    );
    const { data, errors } = await execute(empty, '{ none { id } }', new ScriptedContext(null, []));
    expect([data, errors, resolved]).toEqual([{ none: null }, ['UNAUTHENTICATED at none'], 0]);
  });
});

it('an item whose type cannot be told fails its list, and no other rejection goes unheard', async () => {
  const torn = guardedSchema(
    `type Soft @key(fields: "id") @authorize(action: "readSoft") { id: ID! }
     type Plain { id: ID! }
     union Either = Soft | Plain
     type Query { either: [Either!] open: String }`,
    {
      Either: {
        __resolveType: ({ id }: { id: string }) => {
          if (id === '2') throw new Error('torn');
          return 'Soft';
        },
      },
      Query: { either: () => things, open: () => 'open' },
    },
  );
  const { answer, unheard } = await withUnheard(() =>
    execute(torn, '{ either { __typename } open }', new ScriptedContext(null, [])),
  );
  expect([answer.data, unheard]).toEqual([{ either: null, open: 'open' }, []]);
});

it('what is denied at once leaves nobody unheard who is denied later', async () => {
  const torn = guardedSchema(
    `type Thing @public { id: ID! secret: String! @authorize(action: "see", resource: "$source.id", resourceType: "Thing") }
     type Query { things: [Thing!] open: String }`,
    { Query: { things: () => things, open: () => 'open' } },
  );
  const context = new ScriptedContext('ada', []);
  const later = context.ask.bind(context);
  const denied = await later({ userId: 'ada' } as Asker, 'see', { type: 'Identity::Thing', id: '2' });
  context.ask = ((...[asker, action, resource]: Parameters<typeof later>) =>
    resource.id === '2' ? denied : later(asker, action, resource)) as typeof later;
  const { answer, unheard } = await withUnheard(() => execute(torn, '{ things { secret } open }', context));
  expect([answer.data, unheard]).toEqual([{ things: null, open: 'open' }, []]);
});

describe('of items that come later, or never', () => {
  const SDL = `
    type Soft @key(fields: "id") @authorize(action: "readSoft") { id: ID! }
    type Strict @key(fields: "id") @authorize(action: "readStrict", onDenied: REJECT) { id: ID! }
    type SoftEdge { node: Soft! }
    type Query { grid: [[Soft]] edges: [SoftEdge] stricts: [Strict] open: String }`;
  const later = <Value>(value: Value) => new Promise<Value>((resolve) => setImmediate(() => resolve(value)));
  const ask = (resolvers: Record<string, () => unknown>, query: string, context: ScriptedContext) =>
    withUnheard(() => execute(guardedSchema(SDL, { Query: resolvers }), query, context));

  it('those that are there are shown', async () => {
    const grid = () => [later([{ id: '1' }, later({ id: '2' })]), later(null), [later({ id: '3' })]];
    const readable = new ScriptedContext('ada', [
      'readSoft Identity::Soft::"2"',
      'readSoft Identity::Soft::"3"',
    ]);
    const { answer } = await ask({ grid }, '{ grid { id } }', readable);
    expect(answer.data).toEqual({ grid: [[null, { id: '2' }], null, [{ id: '3' }]] });
  });

  it('none rejects unheard while another is waited for', async () => {
    const grid = () => [[Promise.reject(new Error('gone'))], later([{ id: '1' }])];
    const { answer, unheard } = await ask({ grid }, '{ grid { id } }', new ScriptedContext('ada', []));
    expect([answer.data, unheard]).toEqual([{ grid: [[null], [null]] }, []]);
  });

  it('one that rejects is null in its own place, be it an item or a list', async () => {
    const gone = () => Promise.reject(new Error('gone'));
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a resolver may.
    const none = () => Promise.reject(null);
    const grid = () => [[{ id: '1' }, gone(), none()], gone(), [later({ id: '1' })]];
    const readable = new ScriptedContext('ada', ['readSoft Identity::Soft::"1"']);
    const { answer, unheard } = await ask({ grid }, '{ grid { id } }', readable);
    expect([answer.data, unheard]).toEqual([{ grid: [[{ id: '1' }, null, null], null, [{ id: '1' }]] }, []]);
    expect(answer.errors.map((error) => error.split(' at ')[1])).toEqual(['grid.0.1', 'grid.0.2', 'grid.1']);
  });

  it('none rejects unheard beside one that throws', async () => {
    const torn = {
      get node() {
        throw new Error('torn');
      },
    };
    const edges = () => [{ node: { id: '1' } }, torn];
    const { answer, unheard } = await ask(
      { edges },
      '{ edges { node { id } } }',
      new ScriptedContext(null, []),
    );
    expect([answer.data, unheard]).toEqual([{ edges: null }, []]);
  });

  it('an operation is refused for one, whatever becomes of another', async () => {
    const stricts = () => [{ id: '1' }, Promise.reject(new Error('gone'))];
    const context = new ScriptedContext('ada', []);
    await ask({ stricts, open: () => 'open' }, '{ stricts { id } open }', context);
    expect(context.refusal?.error.code).toBe('FORBIDDEN');
  });
});

it('a list of guarded items that comes after a refusal leaves no rejection unheard', async () => {
  const refusing = guardedSchema(
    `type Soft @key(fields: "id") @authorize(action: "readSoft") { id: ID! }
     type Query {
       refused: String @authorize(action: "list", onDenied: REJECT)
       softs: [Soft] @authorize(action: "see", onDenied: FILTER)
     }`,
    { Query: { softs: () => new Promise((resolve) => setImmediate(() => resolve(things))) } },
  );
  const context = new ScriptedContext('ada', []);
  const { unheard } = await withUnheard(() => execute(refusing, '{ refused softs { id } }', context));
  expect([context.refusal?.path.key, unheard]).toEqual(['refused', []]);
});

describe('the schema does not build', () => {
  it.each([
    ['FILTER on no list', 'x: String @authorize(action: "x", onDenied: FILTER)', /yields no list/],
    [
      'FILTER by what is the same for all',
      'x(id: ID): [String] @authorize(action: "x", resource: "$args.id", resourceType: "A", onDenied: FILTER)',
      /Query.x: @authorize filters by each item/,
    ],
    [
      'items that are null where they are denied',
      'x: [A] @authorize(action: "x", resource: "$item.id")',
      /where onDenied is FILTER or REJECT/,
    ],
    ['items of no type', 'x: [ID] @authorize(action: "x", onDenied: FILTER)', /needs a resourceType/],
    [
      'a path of no kind into items',
      'x: [A] @authorize(action: "x", resource: "$item.", onDenied: FILTER)',
      /cannot follow/,
    ],
  ])('with %s', (_what, field, message) => {
    expect(() => guardedSchema(`type Query { ${field} } type A { id: ID! }`)).toThrow(message);
  });

  it('with items on a type', () => {
    expect(() =>
      guardedSchema('type Query { a: A } type A @authorize(action: "x", resource: "$item.id") { id: ID! }'),
    ).toThrow(/no items/);
  });
});
