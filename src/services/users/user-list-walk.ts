import { PortcullisError } from '../../errors.js';
import type { UserPlace } from './user-cursor.js';
import { isKept, type UserListPlan } from './user-filter.js';
import type { UserPage, UserRecord, UserStore, UserType } from './user-store.js';

/** Cognito's own. A longer page costs no more of its quota than a short one, but is more to read and to throw away. */
export const PAGE_LIMIT = 60;
/** Beyond it, a filter that Cognito cannot apply whole would read the pools from end to end. */
const MAX_PAGES = 200;

export interface Seen {
  readonly user: UserRecord;
  readonly place: UserPlace;
}

/** The people of one page of Cognito, as far as the filter keeps them. */
export interface Stretch {
  readonly people: readonly Seen[];
  /** Where the next one begins; null behind the last. */
  readonly next: UserPlace | null;
}

/**
 * All people of the list after a place, page by page, over short pages and over the border between the pools.
 *
 * @throws PortcullisError OPERATION_TOO_COMPLEX after 200 pages
 */
export async function* stretchesAfter(
  users: Pick<UserStore, 'page'>,
  plan: UserListPlan,
  start: UserPlace | null,
  pageLimit: () => number,
): AsyncGenerator<Stretch> {
  const pools = start === null ? plan.pools : plan.pools.slice(plan.pools.indexOf(start.pool));
  let pagesLeft = MAX_PAGES;
  for (const [turn, pool] of pools.entries()) {
    let resume = start?.pool === pool ? start : null;
    let token: string | null = resume?.token ?? null;
    do {
      if (pagesLeft-- === 0) {
        throw new PortcullisError(
          'OPERATION_TOO_COMPLEX',
          'Too few people match: ask for a narrower filter.',
        );
      }
      const limit: number = resume?.limit ?? pageLimit();
      const page = await readPage(users, plan, pool, limit, token);
      const from = resume === null ? 0 : indexAfter(page.users, resume);
      const here = { pool, token, limit };
      const people = page.users
        .map((user, index): Seen => ({ user, place: { ...here, index, id: user.id } }))
        .slice(from)
        .filter(({ user }) => isKept(plan, user));
      token = page.nextToken;
      resume = null;
      const following = token === null ? pools[turn + 1] : pool;
      yield { people, next: following === undefined ? null : beginning(following, token) };
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

/** The place before everybody of a page. */
const beginning = (pool: UserType, token: string | null): UserPlace => ({
  pool,
  token,
  limit: PAGE_LIMIT,
  index: 0,
  id: '',
});

/** Behind the person of the cursor; where they are gone, whoever moved up to their place comes next. */
function indexAfter(users: readonly UserRecord[], { id, index }: UserPlace): number {
  const found = users.findIndex((user) => user.id === id);
  return found === -1 ? index : found + 1;
}
