import { badUserInput, PortcullisError } from '../../errors.js';
import type { Sealer } from '../tokens/seal.js';
import { openUserCursor, sealUserCursor, type UserPlace } from './user-cursor.js';
import { isKept, planUserList, type UserFilter, type UserListPlan } from './user-filter.js';
import type { UserPage, UserRecord, UserStore, UserType } from './user-store.js';

export interface UserListRequest {
  /** 1 to 100. */
  readonly first: number;
  readonly after: string | null;
  readonly filter: UserFilter;
}

export interface UserListItem {
  readonly user: UserRecord;
  /** Sealed anew each time it is read. */
  readonly cursor: string;
}

export interface UserListPage {
  readonly items: readonly UserListItem[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

/** The people of both pools as one list, administrators first. */
export interface UserList {
  /** BAD_USER_INPUT for a wrong `first`, a cursor of another list, or a filter by more than one attribute. */
  list(request: UserListRequest): Promise<UserListPage>;
}

const MAX_FIRST = 100;
/** Cognito's own. A longer page costs no more of its quota than a short one, but is more to read and to throw away. */
const PAGE_LIMIT = 60;
/** Beyond it, a filter that Cognito cannot apply whole would read the pools from end to end. */
const MAX_PAGES = 200;

interface Seen {
  readonly user: UserRecord;
  readonly place: UserPlace;
}

export function createUserList(users: Pick<UserStore, 'page'>, sealer: Sealer): UserList {
  return {
    async list({ first, after, filter }) {
      if (!Number.isInteger(first) || first < 1 || first > MAX_FIRST) {
        throw badUserInput(`first is 1 to ${MAX_FIRST}.`, { argument: 'first' });
      }
      const plan = planUserList(filter);
      const start = after === null ? null : openUserCursor(sealer, plan, after);
      const seen: Seen[] = [];
      // Who begins mostly goes no further, and gets a page that just suffices; who goes on, or has people sorted out, long ones.
      const isEnough = start === null && plan.keepEnabled === null;
      const pageLimit = isEnough ? Math.min(first + 1, PAGE_LIMIT) : PAGE_LIMIT;
      // One more than asked for tells whether there is a next page.
      for await (const person of walk(users, plan, start, pageLimit)) {
        seen.push(person);
        if (seen.length > first) break;
      }
      return {
        items: seen.slice(0, first).map(({ user, place }) => ({
          user,
          get cursor() {
            return sealUserCursor(sealer, plan, place);
          },
        })),
        hasNextPage: seen.length > first,
        hasPreviousPage: start !== null,
      };
    },
  };
}

/** All people of the list after a place, over short pages and over the border between the pools. */
async function* walk(
  users: Pick<UserStore, 'page'>,
  plan: UserListPlan,
  start: UserPlace | null,
  pageLimit: number,
): AsyncGenerator<Seen> {
  const pools = start === null ? plan.pools : plan.pools.slice(plan.pools.indexOf(start.pool));
  let pagesLeft = MAX_PAGES;
  for (const pool of pools) {
    let resume = start?.pool === pool ? start : null;
    let token: string | null = resume?.token ?? null;
    do {
      if (pagesLeft-- === 0) {
        throw new PortcullisError(
          'OPERATION_TOO_COMPLEX',
          'Too few people match: ask for a narrower filter.',
        );
      }
      const limit: number = resume?.limit ?? pageLimit;
      const page = await readPage(users, plan, pool, limit, token);
      const from = resume === null ? 0 : indexAfter(page.users, resume);
      for (const [offset, user] of page.users.slice(from).entries()) {
        if (isKept(plan, user)) {
          yield { user, place: { pool, token, limit, index: from + offset, id: user.id } };
        }
      }
      token = page.nextToken;
      resume = null;
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

/** Behind the person of the cursor; where they are gone, whoever moved up to their place comes next. */
function indexAfter(users: readonly UserRecord[], { id, index }: UserPlace): number {
  const found = users.findIndex((user) => user.id === id);
  return found === -1 ? index : found + 1;
}
