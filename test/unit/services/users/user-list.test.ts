import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { systemRandomness } from '../../../../src/services/randomness.js';
import { createSealer } from '../../../../src/services/tokens/seal.js';
import type { UserFilter } from '../../../../src/services/users/user-filter.js';
import { createUserList, type Admits } from '../../../../src/services/users/user-list.js';
import type { UserPage, UserRecord, UserStore, UserType } from '../../../../src/services/users/user-store.js';
import { FakeClock } from '../../../support/fake-clock.js';

const clock = new FakeClock();
/** Everybody may be shown. */
const admits: Admits = async (users) => users.map(() => true);
const sealer = createSealer({ key: systemRandomness.bytes(32), randomness: systemRandomness, clock });

const person = (userType: UserType, number: number, enabled = true): UserRecord => ({
  id: `${userType}-${number}`,
  userType,
  email: `${number}@example.com`,
  emailVerified: true,
  phoneNumber: null,
  phoneNumberVerified: false,
  givenName: null,
  familyName: null,
  status: 'CONFIRMED',
  enabled,
  createdAt: clock.now(),
  updatedAt: clock.now(),
});

type PageSource = Pick<UserStore, 'page'> & { readonly requests: Parameters<UserStore['page']>[0][] };

/** Two pools whose pages are as short as Cognito's may be: each ends where `lengths` says, empty ones included. */
function pools(people: Record<UserType, UserRecord[]>, lengths: readonly number[] = [60]): PageSource {
  const requests: Parameters<UserStore['page']>[0][] = [];
  return {
    requests,
    async page(request): Promise<UserPage> {
      requests.push(request);
      const { userType, limit, token } = request;
      const [start = 0, turn = 0] = token === null ? [] : token.split('/').map(Number);
      const end = start + Math.min(limit, lengths[turn % lengths.length] ?? limit);
      const all = people[userType];
      return { users: all.slice(start, end), nextToken: end < all.length ? `${end}/${turn + 1}` : null };
    },
  };
}

const make = (admins: number, endUsers: number) => ({
  ADMIN: Array.from({ length: admins }, (_, number) => person('ADMIN', number)),
  END_USER: Array.from({ length: endUsers }, (_, number) => person('END_USER', number, number % 3 > 0)),
});

/** Page after page by cursor, to the end. */
async function walk(users: PageSource, first: number, filter: UserFilter = {}): Promise<string[][]> {
  const list = createUserList(users, sealer);
  const pages: string[][] = [];
  let after: string | null = null;
  for (;;) {
    const { items, hasNextPage, hasPreviousPage } = await list.list({ admits, first, after, filter });
    expect(hasPreviousPage).toBe(after !== null);
    pages.push(items.map(({ user }) => user.id));
    if (!hasNextPage) return pages;
    expect(items).toHaveLength(first);
    after = items.at(-1)?.cursor ?? null;
  }
}

describe('the pages of a list', () => {
  test('hold everybody once, administrators first, however short the pools’ own pages are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(70),
        fc.nat(70),
        fc.integer({ min: 1, max: 100 }),
        fc.array(fc.nat(60), { minLength: 1, maxLength: 4 }).filter((lengths) => lengths.some((l) => l > 0)),
        async (admins, endUsers, first, lengths) => {
          const people = make(admins, endUsers);
          const ids = (await walk(pools(people, lengths), first)).flat();
          expect(ids).toEqual([...people.ADMIN, ...people.END_USER].map(({ id }) => id));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('are filled where a filter of ours leaves people out', async () => {
    const people = make(3, 40);
    const kept = [...people.ADMIN, ...people.END_USER].filter(({ enabled }) => !enabled).map(({ id }) => id);
    const filter = { emailStartsWith: 'a', enabled: false };
    const pages = await walk(pools(people, [4]), 5, filter);
    expect(pages.flat()).toEqual(kept);
    expect(pages.slice(0, -1).every((page) => page.length === 5)).toBe(true);
  });

  test('of one pool ask that pool alone', async () => {
    const users = pools(make(5, 5));
    expect((await walk(users, 2, { userType: 'END_USER' })).flat()).toHaveLength(5);
    expect(new Set(users.requests.map(({ userType }) => userType))).toEqual(new Set(['END_USER']));
  });

  test('read no more than they need at first, and much at once from then on', async () => {
    const limitsOf = ({ requests }: PageSource) => requests.splice(0).map(({ limit }) => limit);
    const users = pools(make(0, 200));
    const list = createUserList(users, sealer);
    const filter = { userType: 'END_USER' as const };
    const { items } = await list.list({ admits, first: 20, after: null, filter });
    expect(limitsOf(users)).toEqual([21]);
    const next = await list.list({ admits, first: 20, after: items[19]?.cursor ?? '', filter });
    expect(limitsOf(users)).toEqual([21, 60]);
    await list.list({ admits, first: 20, after: next.items[19]?.cursor ?? '', filter });
    expect(limitsOf(users)).toEqual([60]);
    await list.list({ admits, first: 100, after: null, filter });
    expect(limitsOf(users)).toEqual([60, 60]);
    await list.list({
      admits,
      first: 5,
      after: null,
      filter: { ...filter, emailStartsWith: 'a', enabled: true },
    });
    expect(limitsOf(users)).toEqual([60]);
  });

  test('leave `enabled` to Cognito where it is the only filter', async () => {
    const users = pools(make(1, 1));
    await walk(users, 10, { enabled: true });
    expect(users.requests[0]?.search).toEqual({ attribute: 'enabled', operator: 'equals', value: true });
  });

  test('go on where they were when the person of the cursor is gone', async () => {
    const people = make(0, 6);
    const list = createUserList(pools(people), sealer);
    const { items } = await list.list({ admits, first: 3, after: null, filter: {} });
    people.END_USER.splice(2, 1);
    const next = await list.list({ admits, first: 3, after: items[2]?.cursor ?? '', filter: {} });
    expect(next.items.map(({ user }) => user.id)).toEqual(['END_USER-3', 'END_USER-4', 'END_USER-5']);
  });

  test('go on behind the person of the cursor when others came before them', async () => {
    const people = make(0, 6);
    const list = createUserList(pools(people), sealer);
    const { items } = await list.list({ admits, first: 3, after: null, filter: {} });
    people.END_USER.unshift(person('END_USER', 99));
    const next = await list.list({ admits, first: 1, after: items[2]?.cursor ?? '', filter: {} });
    expect(next.items.map(({ user }) => user.id)).toEqual(['END_USER-3']);
  });
});

/** Whoever stands in `ids` may be shown; each call is kept. */
function viewerOf(ids: ReadonlySet<string>): { admits: Admits; calls: string[][] } {
  const calls: string[][] = [];
  const admits: Admits = async (users) => {
    calls.push(users.map(({ id }) => id));
    return users.map(({ id }) => ids.has(id));
  };
  return { admits, calls };
}

describe('for a viewer who may see few people, pages', () => {
  const idsOf = ({ ADMIN, END_USER }: Record<UserType, UserRecord[]>) =>
    [...ADMIN, ...END_USER].map(({ id }) => id);
  const lengths = fc
    .array(fc.nat(60), { minLength: 1, maxLength: 4 })
    .filter((some) => some.some((length) => length > 0));

  test('hold everybody whom they may see once, say honestly whether more follow, and stay within the bound', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ admins: fc.nat(30), endUsers: fc.nat(60), first: fc.integer({ min: 1, max: 100 }) }),
        lengths,
        fc.infiniteStream(fc.integer({ min: 0, max: 9 })),
        fc.nat(10),
        fc.record({ people: fc.integer({ min: 1, max: 50 }), pages: fc.integer({ min: 1, max: 20 }) }),
        async ({ admins, endUsers, first }, lengths, dice, share, bound) => {
          const people = make(admins, endUsers);
          const all = idsOf(people);
          const visible = all.filter(() => (dice.next().value as number) < share);
          const { admits, calls } = viewerOf(new Set(visible));
          const users = pools(people, lengths);
          const list = createUserList(users, sealer, bound);

          const shown: string[] = [];
          const leftOut: string[] = [];
          let after: string | null = null;
          for (let turn = 0; ; turn += 1) {
            calls.length = 0;
            users.requests.length = 0;
            const page = await list.list({ admits, first, after, filter: {} });
            shown.push(...page.items.map(({ user }) => user.id));
            leftOut.push(...page.leftOut.map(({ id }) => id));
            const judged = calls.flat();
            expect(judged.length).toBeLessThanOrEqual(bound.people);
            // Within a request nobody is asked about twice, and a page takes at most two calls.
            expect(new Set(judged).size).toBe(judged.length);
            expect(calls.length).toBeLessThanOrEqual(users.requests.length + 1);
            if (!page.hasNextPage) break;
            const isShort = page.items.length < first;
            const isBounded = judged.length >= bound.people || users.requests.length >= bound.pages;
            if (isShort) expect(isBounded).toBe(true);
            // Unless the looking ended at its bound, somebody else follows.
            if (!isBounded) expect(visible.length).toBeGreaterThan(shown.length);
            after = page.endCursor;
            expect(after).not.toBeNull();
            expect(turn).toBeLessThan(200);
          }
          expect(shown).toEqual(visible);
          expect(leftOut).toEqual(all.filter((id) => !visible.includes(id)));
        },
      ),
      { numRuns: 150 },
    );
  });

  test('go on at the place last looked at, where nobody was found', async () => {
    const people = make(0, 20);
    const { admits, calls } = viewerOf(new Set(['END_USER-18']));
    const list = createUserList(pools(people), sealer, { people: 7, pages: 20 });
    const filter = { userType: 'END_USER' as const };
    const one = await list.list({ admits, first: 2, after: null, filter });
    expect([one.items, one.hasNextPage, calls.flat().at(-1)]).toEqual([[], true, 'END_USER-6']);
    calls.length = 0;
    const two = await list.list({ admits, first: 2, after: one.endCursor, filter });
    expect([two.items, two.hasNextPage, calls.flat()[0]]).toEqual([[], true, 'END_USER-7']);
    const three = await list.list({ admits, first: 2, after: two.endCursor, filter });
    expect(three.items.map(({ user }) => user.id)).toEqual(['END_USER-18']);
    expect([three.hasNextPage, three.leftOut.length]).toEqual([false, 5]);
  });

  test('look at 1,000 people or 20 pages at most', async () => {
    const { admits, calls } = viewerOf(new Set());
    const many = pools(make(0, 1_200));
    const page = await createUserList(many, sealer).list({ admits, first: 100, after: null, filter: {} });
    expect([calls.flat().length, page.hasNextPage, page.leftOut.length]).toEqual([1_000, true, 1_000]);
    const short = pools(make(0, 1_200), [3]);
    calls.length = 0;
    await createUserList(short, sealer).list({ admits, first: 100, after: null, filter: {} });
    expect(calls).toHaveLength(20);
  });

  test('have no more people decided on than are shown, and one more, until somebody is left out', async () => {
    const people = make(0, 200);
    const users = pools(people);
    const everybody = viewerOf(new Set(idsOf(people)));
    const list = createUserList(users, sealer);
    const filter = { userType: 'END_USER' as const };
    const { items } = await list.list({ admits: everybody.admits, first: 20, after: null, filter });
    await list.list({ admits: everybody.admits, first: 20, after: items[19]?.cursor ?? '', filter });
    expect(everybody.calls.map(({ length }) => length)).toEqual([21, 1, 20]);

    users.requests.length = 0;
    const few = viewerOf(new Set(['END_USER-0', 'END_USER-150']));
    await list.list({ admits: few.admits, first: 1, after: null, filter });
    expect(users.requests.map(({ limit }) => limit)).toEqual([2, 60, 60, 60]);
    expect(few.calls.map(({ length }) => length)).toEqual([2, 60, 60, 60]);
  });

  test('fail where a decision is not to be had', async () => {
    const list = createUserList(pools(make(0, 5)), sealer);
    const failing: Admits = () => Promise.reject(new Error('unavailable'));
    await expect(list.list({ admits: failing, first: 1, after: null, filter: {} })).rejects.toThrow(
      'unavailable',
    );
  });
});

describe('refused as BAD_USER_INPUT is', () => {
  const list = createUserList(pools(make(3, 3)), sealer);
  const refusal = expect.objectContaining({ code: 'BAD_USER_INPUT' }) as Error;

  test.each([0, -1, 101, 1.5, Number.NaN])('a page of %s', async (first) => {
    await expect(list.list({ admits, first, after: null, filter: {} })).rejects.toEqual(refusal);
  });

  test('a cursor that was altered, made elsewhere or made up', async () => {
    const { items } = await list.list({ admits, first: 1, after: null, filter: {} });
    const cursor = items[0]?.cursor ?? '';
    const altered = cursor.slice(0, -1) + (cursor.endsWith('A') ? 'B' : 'A');
    for (const after of [
      altered,
      '',
      'nonsense',
      sealer.seal('sessions', {}),
      sealer.seal('users cursor', {}),
    ]) {
      await expect(list.list({ admits, first: 1, after, filter: {} })).rejects.toEqual(refusal);
    }
  });

  test('a cursor of another filter', async () => {
    const { items } = await list.list({ admits, first: 1, after: null, filter: { enabled: true } });
    const after = items[0]?.cursor ?? '';
    for (const filter of [{}, { enabled: false }, { enabled: true, userType: 'ADMIN' as const }]) {
      await expect(list.list({ admits, first: 1, after, filter })).rejects.toEqual(refusal);
    }
  });

  test('a filter by two attributes, or by the beginning of nothing', async () => {
    for (const filter of [{ email: 'a@b.c', status: 'CONFIRMED' as const }, { emailStartsWith: ' ' }]) {
      await expect(list.list({ admits, first: 1, after: null, filter })).rejects.toEqual(refusal);
    }
  });
});

test('a filter that leaves out whom Cognito lists stops at 200 pages, and goes on from there', async () => {
  const people = make(0, 25_000).END_USER.map((user, number) => ({
    ...user,
    enabled: number % 12_100 !== 7,
  }));
  const users = pools({ ADMIN: [], END_USER: people });
  const list = createUserList(users, sealer);
  const filter = { givenNameStartsWith: 'A', enabled: false, userType: 'END_USER' as const };
  const found: string[][] = [];
  const reads: number[] = [];
  let after: string | null = null;
  let isLast = false;
  while (!isLast) {
    users.requests.length = 0;
    const page = await list.list({ admits, first: 2, after, filter });
    found.push(page.items.map(({ user }) => user.id));
    reads.push(users.requests.length);
    after = page.endCursor;
    isLast = !page.hasNextPage;
  }
  expect(found).toEqual([['END_USER-7'], ['END_USER-12107'], ['END_USER-24207']]);
  expect(reads).toEqual([200, 200, 17]);
});
