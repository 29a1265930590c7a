import { badUserInput } from '../../errors.js';
import type { MaybePromise } from '../maybe-promise.js';
import type { Sealer } from '../tokens/seal.js';
import { openUserCursor, sealUserCursor } from './user-cursor.js';
import { planUserList, type UserFilter } from './user-filter.js';
import { stretchesAfter, type Seen } from './user-list-walk.js';
import { PAGE_LIMIT, type ListPlace } from './user-place.js';
import type { UserRecord, UserStore } from './user-store.js';

/** Which of some people may be shown: an answer for each, in order. What cannot be decided is an error. */
export type Admits = (users: readonly UserRecord[]) => MaybePromise<readonly boolean[]>;

export interface UserListRequest {
  /** 1 to 100. */
  readonly first: number;
  readonly after: string | null;
  readonly filter: UserFilter;
  /** Asked about many people at once: of a page of Cognito, once or twice. */
  readonly admits: Admits;
}

export interface UserListItem {
  readonly user: UserRecord;
  /** Sealed anew each time it is read. */
  readonly cursor: string;
}

export interface UserListPage {
  readonly items: readonly UserListItem[];
  /** Is there anybody else to show? Also true where the looking ended at its bound, so that nobody knows. */
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  /** Where to go on: behind the last person, or behind the last who was looked at, where the looking ended at its bound. */
  readonly endCursor: string | null;
  /** Who stood on this page, and is not shown. */
  readonly leftOut: readonly UserRecord[];
}

/** The people of both pools as one list, administrators first. */
export interface UserList {
  /** BAD_USER_INPUT for a wrong `first`, a cursor of another list, or a filter by more than one attribute. */
  list(request: UserListRequest): Promise<UserListPage>;
}

/** How far a request looks for people whom its viewer may see. */
export interface LookingBound {
  /** How many are looked at in all. */
  readonly people: number;
  /** How many pages of Cognito are read once somebody was left out. */
  readonly pages: number;
}

/** Cognito's quota and that of decisions let a request this far in a second or two. */
export const LOOKING_BOUND: LookingBound = { people: 1_000, pages: 20 };

const MAX_FIRST = 100;

export function createUserList(
  users: Pick<UserStore, 'page'>,
  sealer: Sealer,
  bound: LookingBound = LOOKING_BOUND,
): UserList {
  return {
    async list({ first, after, filter, admits }) {
      if (!Number.isInteger(first) || first < 1 || first > MAX_FIRST) {
        throw badUserInput(`first is 1 to ${MAX_FIRST}.`, { argument: 'first' });
      }
      const plan = planUserList(filter);
      const start = after === null ? null : openUserCursor(sealer, plan, after);
      const looked = new Looked(first, bound);
      // Who begins mostly goes no further, and gets a page that just suffices; who goes on, or has people sorted out, long ones.
      const isEnough = start === null && plan.keepEnabled === null;
      const limit = () => (isEnough && looked.allAdmitted ? Math.min(first + 1, PAGE_LIMIT) : PAGE_LIMIT);
      for await (const { people, next } of stretchesAfter(users, plan, start, limit)) {
        await looked.through(people, next, admits);
        if (looked.isOver) break;
      }
      const seal = (place: ListPlace) => sealUserCursor(sealer, plan, place);
      return new Page(looked.page(), start !== null, seal);
    },
  };
}

/** What was found, with cursors that are sealed when they are read. */
class Page implements UserListPage {
  readonly items: readonly UserListItem[];
  readonly leftOut: readonly UserRecord[];
  readonly hasNextPage: boolean;
  readonly #end: ListPlace | null;
  readonly #seal: (place: ListPlace) => string;

  constructor(
    { shown, leftOut, hasNextPage, end }: ReturnType<Looked['page']>,
    readonly hasPreviousPage: boolean,
    seal: (place: ListPlace) => string,
  ) {
    this.items = shown.map((seen) => new Item(seen.user, seen, seal));
    this.leftOut = leftOut;
    this.hasNextPage = hasNextPage;
    this.#end = end;
    this.#seal = seal;
  }

  get endCursor(): string | null {
    return this.#end && this.#seal(this.#end);
  }
}

class Item implements UserListItem {
  readonly #place: ListPlace;
  readonly #seal: (place: ListPlace) => string;

  constructor(
    readonly user: UserRecord,
    place: ListPlace,
    seal: (place: ListPlace) => string,
  ) {
    this.#place = place;
    this.#seal = seal;
  }

  get cursor(): string {
    return this.#seal(this.#place);
  }
}

interface Judged extends Seen {
  readonly isAdmitted: boolean;
}

/** What was found so far of one page. */
class Looked {
  private readonly judged: Judged[] = [];
  private admitted = 0;
  private pagesLeft: number;
  /** Where the looking ended at its bound. */
  private stoppedAt: ListPlace | null = null;
  /** Where whoever was not looked at begins; null behind the last of the list. */
  private rest: ListPlace | null = null;

  constructor(
    private readonly first: number,
    private readonly bound: LookingBound,
  ) {
    this.pagesLeft = bound.pages;
  }

  get allAdmitted(): boolean {
    return this.admitted === this.judged.length;
  }

  /** Nobody else needs to be looked at, or may be. One more than asked for tells whether there is a next page. */
  get isOver(): boolean {
    return this.admitted > this.first || this.stoppedAt !== null;
  }

  /** Looks at a stretch of people, behind which the next one begins. */
  async through(people: readonly Seen[], next: ListPlace | null, admits: Admits): Promise<void> {
    this.rest = next;
    let at = 0;
    while (at < people.length && !this.isOver) {
      const left = this.bound.people - this.judged.length;
      if (left <= 0) {
        this.stoppedAt = this.judged.at(-1) ?? null;
        return;
      }
      // Who may see everybody has no more people decided on than they are shown; who may not, all of a page at once.
      const needed = this.allAdmitted ? this.first + 1 - this.admitted : people.length;
      const some = people.slice(at, at + Math.min(needed, left));
      const verdicts = await admits(some.map(({ user }) => user));
      for (const [index, seen] of some.entries()) {
        const isAdmitted = verdicts[index] === true;
        this.judged.push({ ...seen, isAdmitted });
        if (isAdmitted) this.admitted += 1;
      }
      at += some.length;
    }
    if (this.isOver || this.allAdmitted || next === null) return;
    this.pagesLeft -= 1;
    if (this.pagesLeft <= 0 || this.judged.length >= this.bound.people) this.stoppedAt = next;
  }

  page() {
    const shown = this.judged.filter(({ isAdmitted }) => isAdmitted).slice(0, this.first);
    const isFull = this.admitted > this.first;
    const last = shown.at(-1);
    // The walk may end before the list does.
    const stoppedAt = this.stoppedAt ?? this.rest;
    // Behind the last of a full page stand those whom the next one leaves out.
    const own = isFull && last ? this.judged.slice(0, this.judged.indexOf(last)) : this.judged;
    return {
      shown,
      leftOut: own.filter(({ isAdmitted }) => !isAdmitted).map(({ user }) => user),
      hasNextPage: isFull || stoppedAt !== null,
      end: isFull ? (last ?? null) : (stoppedAt ?? last ?? null),
    };
  }
}
