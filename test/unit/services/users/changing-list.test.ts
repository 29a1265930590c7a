import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { systemRandomness } from '../../../../src/services/randomness.js';
import { createSealer } from '../../../../src/services/tokens/seal.js';
import { createUserList, type Admits, type UserListPage } from '../../../../src/services/users/user-list.js';
import type { UserRecord, UserStore } from '../../../../src/services/users/user-store.js';
import { FakeClock } from '../../../support/fake-clock.js';

const clock = new FakeClock();
const sealer = createSealer({ key: systemRandomness.bytes(32), randomness: systemRandomness, clock });
const everybody: Admits = (users) => users.map(() => true);
const filter = { userType: 'END_USER' as const };

type TokenKind = 'keys' | 'offsets';

/** People in the order of their numbers, who come and go. */
class Pool implements Pick<UserStore, 'page'> {
  readonly numbers: number[];
  /** Who stood before a page that was asked for, when it was. */
  readonly passed = new Set<number>();
  readonly #ever: Set<number>;

  constructor(
    private readonly kind: TokenKind,
    numbers: readonly number[],
  ) {
    this.numbers = numbers.toSorted((one, other) => one - other);
    this.#ever = new Set(numbers);
  }

  async page({ limit, token }: Parameters<UserStore['page']>[0]) {
    const start = this.#startOf(token);
    for (const number of this.numbers.slice(0, start)) this.passed.add(number);
    const here = this.numbers.slice(start, start + limit);
    const end = start + here.length;
    const nextToken = this.kind === 'keys' ? here.at(-1) : end;
    return { users: here.map(person), nextToken: end < this.numbers.length ? String(nextToken) : null };
  }

  #startOf(token: string | null): number {
    if (token === null) return 0;
    if (this.kind === 'offsets') return Number(token);
    const index = this.numbers.findIndex((number) => number > Number(token));
    return index === -1 ? this.numbers.length : index;
  }

  /** Nobody comes a second time. */
  add(numbers: readonly number[]): void {
    for (const number of numbers) {
      if (!this.#ever.has(number)) this.numbers.push(number);
      this.#ever.add(number);
    }
    this.numbers.sort((one, other) => one - other);
  }

  /** Whoever stands there goes, but for one; an index beyond the end begins anew. */
  remove(indices: readonly number[], spared?: number): void {
    for (const index of indices) {
      const at = index % this.numbers.length;
      if (this.numbers.length > 0 && this.numbers[at] !== spared) this.numbers.splice(at, 1);
    }
  }
}

const person = (number: number): UserRecord => ({
  id: String(number),
  userType: 'END_USER',
  email: null,
  emailVerified: true,
  phoneNumber: null,
  phoneNumberVerified: false,
  givenName: null,
  familyName: null,
  status: 'CONFIRMED',
  enabled: true,
  createdAt: clock.now(),
  updatedAt: clock.now(),
});

/** Who comes and who goes between two pages, at most so many; many near the beginning. */
const changesOf = (limits: { added: number; removed: number }) =>
  fc.array(
    fc.record({
      added: fc.array(fc.oneof(fc.integer({ min: -200, max: 300 }), fc.nat(2_000)), {
        maxLength: limits.added,
        size: 'max',
      }),
      removed: fc.array(fc.oneof(fc.nat(30), fc.nat(400)), { maxLength: limits.removed, size: 'max' }),
    }),
    { maxLength: 12, size: 'max' },
  );

const lists = fc.record({
  numbers: fc.uniqueArray(fc.nat(2_000), { maxLength: 200, size: 'max' }),
  first: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 100 })),
  /** One of so many may be shown. */
  rarity: fc.constantFrom(1, 2, 7),
});

/** Reads page after page while people come and go in between. Who was there all the time and was not shown is missing. */
async function walk(
  pool: Pool,
  { first, rarity }: { first: number; rarity: number },
  change: (turn: number, last: number | undefined) => void,
) {
  const admits: Admits = (users) => users.map(({ id }) => Number(id) % rarity === 0);
  const list = createUserList(pool, sealer, { people: 45, pages: 3 });
  const stayed = new Set(pool.numbers.filter((number) => number % rarity === 0));
  const shown: number[] = [];
  let after: string | null = null;
  for (let turn = 0; ; turn += 1) {
    const page: UserListPage = await list.list({ first, after, filter, admits });
    shown.push(...numbersOf(page));
    if (!page.hasNextPage) break;
    after = page.endCursor;
    change(turn, shown.at(-1));
    for (const number of stayed) if (!pool.numbers.includes(number)) stayed.delete(number);
  }
  return { shown, missing: [...stayed].filter((number) => !shown.includes(number)) };
}

const numbersOf = ({ items }: UserListPage) => items.map(({ user }) => Number(user.id));
const twice = (shown: readonly number[]) => shown.filter((number, index) => shown.indexOf(number) !== index);

describe('a list whose people come and go', () => {
  test.each(['keys', 'offsets'] as const)(
    'leaves out nobody who was there all the time, by tokens that are %s',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(lists, changesOf({ added: 150, removed: 60 }), async (given, changes) => {
          const pool = new Pool(kind, given.numbers);
          const { missing } = await walk(pool, given, (turn) => {
            pool.remove(changes[turn]?.removed ?? []);
            pool.add(changes[turn]?.added ?? []);
          });
          // By offsets, whoever has moved up to before a page cannot be found on it.
          const lost = kind === 'offsets' ? missing.filter((number) => !pool.passed.has(number)) : missing;
          expect(lost).toEqual([]);
        }),
        { numRuns: 150 },
      );
    },
  );

  test('leaves out nobody by offsets while only newcomers change it', async () => {
    await fc.assert(
      fc.asyncProperty(lists, changesOf({ added: 150, removed: 0 }), async (given, changes) => {
        const pool = new Pool('offsets', given.numbers);
        const { missing } = await walk(pool, given, (turn) => pool.add(changes[turn]?.added ?? []));
        expect(missing).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  test('shows nobody twice while fewer go than a cursor knows, and less than a page comes', async () => {
    await fc.assert(
      fc.asyncProperty(lists, changesOf({ added: 59, removed: 7 }), async (given, changes) => {
        const pool = new Pool('keys', given.numbers);
        const { shown } = await walk(pool, given, (turn) => {
          pool.remove(changes[turn]?.removed ?? []);
          pool.add(changes[turn]?.added ?? []);
        });
        expect(twice(shown)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  test('shows nobody twice by offsets while the person of the cursor stays, and less than a page comes', async () => {
    await fc.assert(
      fc.asyncProperty(lists, changesOf({ added: 59, removed: 60 }), async (given, changes) => {
        const pool = new Pool('offsets', given.numbers);
        const { shown } = await walk(pool, { ...given, rarity: 1 }, (turn, last) => {
          pool.remove(changes[turn]?.removed ?? [], last);
          pool.add(changes[turn]?.added ?? []);
        });
        expect(twice(shown)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});

describe.each(['keys', 'offsets'] as const)('by tokens that are %s, the next page', (kind) => {
  const numbers = Array.from({ length: 100 }, (_, index) => index * 10);

  /** The numbers of the second page, after a change behind the first. */
  async function secondPage(first: number, change: (pool: Pool) => void): Promise<number[]> {
    const pool = new Pool(kind, numbers);
    const list = createUserList(pool, sealer);
    const { endCursor } = await list.list({ first, after: null, filter, admits: everybody });
    change(pool);
    return numbersOf(await list.list({ first: 3, after: endCursor, filter, admits: everybody }));
  }

  test.each([1, 5, 20, 50])('repeats none of %i people whom newcomers push off their page', async (first) => {
    const newcomers = [-5, -4, -3, -2, -1];
    expect(await secondPage(first, (pool) => pool.add(newcomers))).toEqual(numbers.slice(first, first + 3));
  });

  test('leaves nobody out where the person of the cursor is gone, and somebody before them', async () => {
    expect(await secondPage(3, (pool) => pool.remove([2, 0]))).toEqual([30, 40, 50]);
  });

  test('begins anew where a whole page has gone', async () => {
    const page = Array.from({ length: 20 }, () => 0);
    expect(await secondPage(20, (pool) => pool.remove(page))).toEqual([200, 210, 220]);
  });

  test('shows people again rather than leave others out, where all whom the cursor knows have gone', async () => {
    const known = Array.from({ length: 8 }, () => 12);
    expect(await secondPage(20, (pool) => pool.remove(known))).toEqual([0, 10, 20]);
    const allButTheFirst = Array.from({ length: 7 }, () => 13);
    expect(await secondPage(20, (pool) => pool.remove(allButTheFirst))).toEqual([200, 210, 220]);
  });

  test('knows the people of the page before, too', async () => {
    const change = (pool: Pool) => {
      pool.remove([61, 60]);
      pool.add([-3, -2, -1]);
    };
    expect(await secondPage(62, change)).toEqual([620, 630, 640]);
  });

  test('looks at nobody again where the looking ended between two pages of Cognito', async () => {
    const pool = new Pool(kind, numbers);
    const list = createUserList(pool, sealer, { people: 1_000, pages: 1 });
    const nobody: Admits = (users) => users.map(() => false);
    const { endCursor } = await list.list({ first: 59, after: null, filter, admits: nobody });
    pool.add([-3, -2, -1]);
    const { leftOut } = await list.list({ first: 59, after: endCursor, filter, admits: nobody });
    expect(leftOut.map(({ id }) => Number(id))).toEqual(numbers.slice(60));
  });
});

test('a cursor is short, whomever it knows', async () => {
  const list = createUserList(
    new Pool(
      'keys',
      Array.from({ length: 100 }, (_, index) => index),
    ),
    sealer,
  );
  const { items } = await list.list({ first: 100, after: null, filter, admits: everybody });
  expect(Math.max(...items.map(({ cursor }) => cursor.length))).toBeLessThan(300);
});
