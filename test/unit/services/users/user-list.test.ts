import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { systemRandomness } from '../../../../src/services/randomness.js';
import { createSealer } from '../../../../src/services/tokens/seal.js';
import type { UserFilter } from '../../../../src/services/users/user-filter.js';
import { createUserList } from '../../../../src/services/users/user-list.js';
import type { UserPage, UserRecord, UserStore, UserType } from '../../../../src/services/users/user-store.js';
import { FakeClock } from '../../../support/fake-clock.js';

const clock = new FakeClock();
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
    const { items, hasNextPage, hasPreviousPage } = await list.list({ first, after, filter });
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
    const { items } = await list.list({ first: 20, after: null, filter });
    expect(limitsOf(users)).toEqual([21]);
    const next = await list.list({ first: 20, after: items[19]?.cursor ?? '', filter });
    expect(limitsOf(users)).toEqual([21, 60]);
    await list.list({ first: 20, after: next.items[19]?.cursor ?? '', filter });
    expect(limitsOf(users)).toEqual([60]);
    await list.list({ first: 100, after: null, filter });
    expect(limitsOf(users)).toEqual([60, 60]);
    await list.list({ first: 5, after: null, filter: { ...filter, emailStartsWith: 'a', enabled: true } });
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
    const { items } = await list.list({ first: 3, after: null, filter: {} });
    people.END_USER.splice(2, 1);
    const next = await list.list({ first: 3, after: items[2]?.cursor ?? '', filter: {} });
    expect(next.items.map(({ user }) => user.id)).toEqual(['END_USER-3', 'END_USER-4', 'END_USER-5']);
  });

  test('go on behind the person of the cursor when others came before them', async () => {
    const people = make(0, 6);
    const list = createUserList(pools(people), sealer);
    const { items } = await list.list({ first: 3, after: null, filter: {} });
    people.END_USER.unshift(person('END_USER', 99));
    const next = await list.list({ first: 1, after: items[2]?.cursor ?? '', filter: {} });
    expect(next.items.map(({ user }) => user.id)).toEqual(['END_USER-3']);
  });
});

describe('refused as BAD_USER_INPUT is', () => {
  const list = createUserList(pools(make(3, 3)), sealer);
  const refusal = expect.objectContaining({ code: 'BAD_USER_INPUT' }) as Error;

  test.each([0, -1, 101, 1.5, Number.NaN])('a page of %s', async (first) => {
    await expect(list.list({ first, after: null, filter: {} })).rejects.toEqual(refusal);
  });

  test('a cursor that was altered, made elsewhere or made up', async () => {
    const { items } = await list.list({ first: 1, after: null, filter: {} });
    const cursor = items[0]?.cursor ?? '';
    const altered = cursor.slice(0, -1) + (cursor.endsWith('A') ? 'B' : 'A');
    for (const after of [
      altered,
      '',
      'nonsense',
      sealer.seal('sessions', {}),
      sealer.seal('users cursor', {}),
    ]) {
      await expect(list.list({ first: 1, after, filter: {} })).rejects.toEqual(refusal);
    }
  });

  test('a cursor of another filter', async () => {
    const { items } = await list.list({ first: 1, after: null, filter: { enabled: true } });
    const after = items[0]?.cursor ?? '';
    for (const filter of [{}, { enabled: false }, { enabled: true, userType: 'ADMIN' as const }]) {
      await expect(list.list({ first: 1, after, filter })).rejects.toEqual(refusal);
    }
  });

  test('a filter by two attributes, or by the beginning of nothing', async () => {
    for (const filter of [{ email: 'a@b.c', status: 'CONFIRMED' as const }, { emailStartsWith: ' ' }]) {
      await expect(list.list({ first: 1, after: null, filter })).rejects.toEqual(refusal);
    }
  });
});

test('a filter that would read the pools from end to end is given up', async () => {
  const users = pools(make(0, 400), [1]);
  const filter = { emailStartsWith: 'a', enabled: false, userType: 'ADMIN' as const };
  await expect(
    createUserList({ page: (request) => users.page({ ...request, userType: 'END_USER' }) }, sealer).list({
      first: 100,
      after: null,
      filter,
    }),
  ).rejects.toMatchObject({ code: 'OPERATION_TOO_COMPLEX' });
});
