import PQueue from 'p-queue';

import { PortcullisError } from '../../errors.js';

/**
 * How many reads a second may be made. AWS counts them for an account and Region, by category: AdminGetUser is UserRead
 * (120 a second), AdminListGroupsForUser is UserResourceRead (50).
 * https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html#category_operations
 */
export interface ReadsPerSecond {
  readonly people: number;
  readonly roles: number;
}

/**
 * Makes a read when its turn comes: 16 are under way at most, and no more begin within any second than the budget has.
 * `among` is how many are read together: one by itself goes before those of a list, so that nobody's sign-in waits for
 * somebody's list of a thousand. It rejects with UPSTREAM_THROTTLED, the read never having begun: at once where more reads
 * go before it than the budget clears in 10 seconds, or after 12 seconds where Cognito is slow or others went first.
 */
export type ReadBudget = <Output>(among: number, read: () => Promise<Output>) => Promise<Output>;

const READS_AT_ONCE = 16;
const SECOND_MS = 1_000;
/** So that the longest list of a gateway, a thousand people, finds room where nobody else asks. */
const MAX_AHEAD_SECONDS = 10;
/** Whoever waits is a person, or a gateway that gives up first. */
const MAX_WAIT_MS = 12_000;
const ALONE = 1;
const LISTED = 0;

/** Without a rate only the number at once is bounded: engines in this process have no quota. */
export function createReadBudget(perSecond?: number): ReadBudget {
  if (perSecond === undefined) {
    const queue = new PQueue({ concurrency: READS_AT_ONCE });
    return (among, read) => queue.add(read, { priority: priorityOf(among) });
  }

  // A fixed window would let two windows' worth through at its border.
  const rate = { intervalCap: perSecond, interval: SECOND_MS, strict: true };
  const queue = new PQueue({ concurrency: READS_AT_ONCE, ...rate });
  const refusal = () =>
    new PortcullisError('UPSTREAM_THROTTLED', 'Too many people are being read at the moment; try again.', {
      retryAfter: Math.max(1, Math.ceil(queue.size / perSecond)),
    });

  return async (among, read) => {
    const priority = priorityOf(among);
    const ahead = priority === ALONE ? queue.sizeBy({ priority }) : queue.size;
    if (ahead >= perSecond * MAX_AHEAD_SECONDS) throw refusal();
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(refusal()), MAX_WAIT_MS);
    const begin = () => {
      clearTimeout(timer);
      return read();
    };
    return queue.add(begin, { priority, signal: patience.signal });
  };
}

const priorityOf = (among: number): number => (among === 1 ? ALONE : LISTED);
