import { describe, expect, it } from 'vitest';

import { execute, guardedSchema, may, ScriptedContext } from '../../support/guarded-schema.js';

describe('what resolvers yield by thenables that are no promises', () => {
  const SDL = `
    type Soft @key(fields: "id") @authorize(action: "readSoft") { id: ID!  name: String }
    type Query {
      soft: Soft
      softs: [Soft]
      strictSofts: [Soft!]!
      grid: [[Soft!]!]!
      filtered: [Plain] @authorize(action: "see", onDenied: FILTER)
      keys: [ID!] @authorize(action: "see", resource: "$item", resourceType: "Plain", onDenied: FILTER)
      refusing: [Plain] @authorize(action: "see", resource: "$item.id", onDenied: REJECT)
    }
    type Plain @key(fields: "id") @public { id: ID!  name: String }`;
  const open = { id: '1', name: 'open' };
  const secret = { id: '2', name: 'secret' };
  const allowed = [...may('readSoft', 'Soft', '1'), ...may('see', 'Plain', '1')];
  /** Does its work each time it is waited for, and yields the next of these, at last the last. */
  const lazy = (...yields: unknown[]) => ({
    then: (...uses: Parameters<Promise<unknown>['then']>) =>
      Promise.resolve(yields.length > 1 ? yields.shift() : yields[0]).then(...uses),
  });
  const ask = async (field: string, yielded: unknown) => {
    const context = new ScriptedContext('v', allowed);
    const fields = field === 'keys' ? field : `${field} { id name }`;
    const resolvers = { Query: { [field]: () => yielded } };
    return { ...(await execute(guardedSchema(SDL, resolvers), `{ ${fields} }`, context)), context };
  };

  it.each([
    ['soft', open, open, []],
    ['soft', secret, null, ['FORBIDDEN at soft']],
    ['softs', [open, secret], [open, null], ['FORBIDDEN at softs.1']],
    ['strictSofts', [open, secret], [open], []],
    ['grid', [[open, secret], [secret]], [[open], []], []],
    ['filtered', [open, secret], [open], []],
    ['keys', ['1', '2'], ['1'], []],
    ['refusing', [open, secret], null, ['FORBIDDEN at refusing']],
  ])('guards what one yields: %s of %j', async (field, value, shown, errors) => {
    for (const one of [lazy(value), lazy(lazy(value))]) {
      const answer = await ask(field, one);
      expect([answer.data?.[field], answer.errors]).toEqual([shown, errors]);
    }
  });

  it('judges what it yields, whatever it calls itself', async () => {
    const { data, errors } = await ask('soft', Object.assign(lazy(secret), { id: '1' }));
    expect([data, errors]).toEqual([{ soft: null }, ['FORBIDDEN at soft']]);
  });

  it.each(['softs', 'strictSofts', 'filtered', 'refusing'])(
    'shows of %s what was judged, though an item would yield something else the next time',
    async (field) => {
      const { data } = await ask(field, [lazy(open, secret), lazy(open)]);
      expect(data).toEqual({ [field]: [open, open] });
      // Where one is denied, its siblings are shown anew.
      const beside = await ask(field, [lazy(open, secret), lazy(secret, open)]);
      expect(JSON.stringify(beside.data)).not.toContain('secret');
      expect(beside.context.asked).toHaveLength(2);
    },
  );

  it('does so in lists of lists, of the lists and of their items', async () => {
    const { data } = await ask('grid', [lazy([lazy(open, secret)], [secret]), [lazy(open, secret)]]);
    expect(data).toEqual({ grid: [[open], [open]] });
  });
});

describe('what they yield that is no object', () => {
  const SDL = `
    type Soft @key(fields: "id") @authorize(action: "readSoft") { id: ID!  name: String }
    type Other @public { name: String }
    union Found = Soft | Other
    type Query { soft: Soft  softs: [Soft]  found: Found  plain: [String!] }`;
  const ask = async (field: string, yielded: unknown, fields: string) => {
    const resolvers = {
      Query: { [field]: () => yielded },
      Soft: { name: () => 'secret' },
      Found: { __resolveType: () => 'Soft' },
    };
    const context = new ScriptedContext('v', may('readSoft', 'Soft', '1'));
    return execute(guardedSchema(SDL, resolvers), `{ ${field} ${fields} }`, context);
  };
  const callable = Object.assign(() => '1', { id: '1' });

  it.each([['1'], [1], [callable], [true]])(
    'shows no field of %s, of which nothing can be asked',
    async (value) => {
      expect((await ask('soft', value, '{ name }')).data).toEqual({ soft: null });
      expect((await ask('softs', [value], '{ name }')).data).toEqual({ softs: [null] });
      expect((await ask('found', value, '{ ... on Soft { name } }')).data).toEqual({ found: null });
    },
  );

  it('shows texts that are texts', async () => {
    expect((await ask('plain', ['a', 'b'], '')).data).toEqual({ plain: ['a', 'b'] });
  });
});
