import type { UserPlace } from './user-cursor.js';
import { isKept, type UserListPlan } from './user-filter.js';
import { beginning, fingerprintOf, lastBefore, type ListPlace, type PageRead } from './user-place.js';
import type { UserPage, UserRecord, UserStore, UserType } from './user-store.js';

/** So far does one request read: a filter that Cognito cannot apply whole would go through the pools from end to end. */
const MAX_PAGES = 200;
/** Among so many pages a cursor looks for the people whom it knows: its own, and one to which newcomers may have pushed them. */
const PAGES_OF_SEARCH = 2;

export interface Seen extends ListPlace {
  readonly user: UserRecord;
}

/** The people of one page of Cognito, as far as the filter keeps them. */
export interface Stretch {
  readonly people: readonly Seen[];
  /** Where the next one begins; null behind the last. */
  readonly next: ListPlace | null;
}

/**
 * All people of the list after a place, page by page, over short pages and over the border between the pools. After
 * 200 pages it ends, and the last stretch says where to go on.
 *
 * People may come and go between two requests. A cursor knows the last eight people up to its own, and goes on behind the
 * last of them who is still there; it looks for them on its page and on the following one. Where none is found, it goes on
 * from the beginning of its page. So, as long as nobody changes places:
 *
 * - Where tokens are keys (a page begins behind somebody), nobody who was there all the time is left out.
 * - Where they are offsets, neither, unless so many people before the cursor went that whoever stood behind it now
 *   stands before its page.
 * - Nobody comes twice, unless all whom the cursor knew went, or the last of them who stayed was pushed beyond the
 *   following page. Then those come again who stood before them on the cursor's page, or were pushed there.
 */
export async function* stretchesAfter(
  users: Pick<UserStore, 'page'>,
  plan: UserListPlan,
  start: UserPlace | null,
  pageLimit: () => number,
): AsyncGenerator<Stretch> {
  const pages = pagesFrom(users, plan, start, pageLimit);
  if (start !== null) {
    for (const { from, read } of await behindKnown(pages, start)) yield stretchOf(plan, read, from);
  }
  for await (const read of pages) yield stretchOf(plan, read, 0);
}

interface Read {
  readonly page: PageRead;
  readonly next: ListPlace | null;
}

function stretchOf(plan: UserListPlan, { page, next }: Read, from: number): Stretch {
  const people: Seen[] = [];
  for (let index = from; index < page.users.length; index += 1) {
    const user = page.users[index];
    if (user && isKept(plan, user)) people.push({ user, page, index });
  }
  return { people, next };
}

/** The pages from a place on, whole. */
async function* pagesFrom(
  users: Pick<UserStore, 'page'>,
  plan: UserListPlan,
  start: UserPlace | null,
  pageLimit: () => number,
): AsyncGenerator<Read, undefined> {
  const pools = start === null ? plan.pools : plan.pools.slice(plan.pools.indexOf(start.pool));
  let pagesLeft = MAX_PAGES;
  let resume = start;
  for (const [turn, pool] of pools.entries()) {
    let token: string | null = resume?.token ?? null;
    let before: readonly UserRecord[] = [];
    do {
      if (pagesLeft-- === 0) return;
      const limit: number = resume?.limit ?? pageLimit();
      resume = null;
      const { users: people, nextToken } = await readPage(users, plan, pool, limit, token);
      const page: PageRead = { pool, token, limit, users: people, before };
      if (nextToken === null) {
        const following = pools[turn + 1];
        yield { page, next: following === undefined ? null : beginning(following, null, []) };
      } else {
        before = lastBefore({ page, index: people.length - 1 });
        yield { page, next: beginning(pool, nextToken, before) };
      }
      token = nextToken;
    } while (token !== null);
  }
}

const readPage = (
  users: Pick<UserStore, 'page'>,
  { search }: UserListPlan,
  userType: UserType,
  limit: number,
  token: string | null,
): Promise<UserPage> => users.page({ userType, ...(search && { search }), limit, token });

/** The first pages behind a cursor, and from where on each counts. */
async function behindKnown(
  pages: AsyncGenerator<Read, undefined>,
  { pool, known }: UserPlace,
): Promise<{ from: number; read: Read }[]> {
  const searched: Read[] = [];
  const own = known.slice(-1);
  let isOver = false;
  while (!isOver) {
    const { value: read } = await pages.next();
    if (read === undefined) break;
    searched.push(read);
    isOver =
      searched.length === PAGES_OF_SEARCH ||
      known.length === 0 ||
      lastKnown([read], own) !== null ||
      read.next?.page.pool !== pool;
  }
  const last = lastKnown(searched, known) ?? { turn: 0, index: -1 };
  return searched
    .slice(last.turn)
    .map((read, further) => ({ from: further === 0 ? last.index + 1 : 0, read }));
}

/** Where the last of the known people who is still there stands: on which of the pages, and where on it. */
function lastKnown(searched: readonly Read[], known: readonly number[]) {
  for (const fingerprint of known.toReversed()) {
    for (const [turn, { page }] of searched.entries()) {
      const index = page.users.findIndex((user) => fingerprintOf(user) === fingerprint);
      if (index !== -1) return { turn, index };
    }
  }
  return null;
}
