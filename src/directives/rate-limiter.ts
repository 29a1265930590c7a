import type { GraphQLResolveInfo } from 'graphql';
import { getGraphQLRateLimiter } from 'graphql-rate-limit';

import { PortcullisError } from '../errors.js';
import type { LimitKey } from '../services/rate-limiting/limits.js';
import type { RateLimiting } from '../services/rate-limiting/rate-limiting.js';
import type { WindowLimit, WindowVerdict } from '../services/rate-limiting/sliding-window.js';
import { limitSubject, type LimitedCaller } from './limit-subject.js';

/** What came of one limit, for the headers of the answer. */
export interface LimitReport extends WindowLimit {
  readonly name: string;
  /** Null where it was not asked: it never admits as much. */
  readonly state: Pick<WindowVerdict, 'remaining' | 'resetMs'> | null;
}

/** What the limits need of a request's context. */
export interface RateLimitContext extends LimitedCaller {
  readonly services: { readonly rateLimiting: RateLimiting };
  /** How many more checks this operation may bring. Fields refuse what is beyond. */
  readonly checksLeft: number;
  noteLimit(report: LimitReport): void;
}

/** One limit of one field, as it is enforced. */
export interface FieldLimit {
  readonly name: string;
  readonly by: LimitKey;
  readonly limit: WindowLimit;
  /** Whether calls go on, uncounted, while nothing can be counted. */
  readonly isOpen: boolean;
}

type Arguments = Readonly<Record<string, unknown>>;

/**
 * Counts a call.
 *
 * @throws PortcullisError (as a rejection) RATE_LIMITED beyond the limit; UPSTREAM_UNAVAILABLE where it cannot be counted, and may
 * not go on without
 */
export type FieldLimiter = (
  args: Arguments,
  context: RateLimitContext,
  info: GraphQLResolveInfo,
) => Promise<void>;

export function createFieldLimiter({ name, by, limit, isOpen }: FieldLimit): FieldLimiter {
  return async (args, context, info) => {
    const { rateLimiting } = context.services;
    const window = isOpen ? rateLimiting.waivableWindow : rateLimiting.window;
    const count = countOf(args, context.checksLeft);
    if (count > limit.max) {
      context.noteLimit({ name, ...limit, state: null });
      throw tooMuchAtOnce(name, limit, count);
    }
    const key = `limit:${name}:${rateLimiting.subjects('limit', ...limitSubject(by, context, args))}`;
    let verdict: WindowVerdict | undefined;
    const isLimited = getGraphQLRateLimiter({
      identifyContext: () => key,
      store: {
        // The library reads, decides and writes in three steps, so that calls at once all pass. Here the first step does it all,
        // and tells the library one place, which is taken for ever or free.
        async getForIdentity() {
          verdict = await window.take(key, limit, count);
          return verdict.admitted ? [] : [Infinity];
        },
        setForIdentity: () => undefined,
      },
    });

    let refusal: string | undefined;
    try {
      refusal = await isLimited({ parent: undefined, args, context, info }, { max: 1 });
    } catch (error) {
      if (isOpen && error instanceof PortcullisError && error.code === 'UPSTREAM_UNAVAILABLE') return;
      throw error;
    }
    const { remaining = 0, resetMs = 0, retryAfterMs = 0 } = verdict ?? {};
    // How often an account was asked for is nobody else's business, until it stands in their way.
    if (by !== 'ACCOUNT' || refusal !== undefined)
      context.noteLimit({ name, ...limit, state: { remaining, resetMs } });
    if (refusal !== undefined) throw tooOften(name, limit, retryAfterMs);
  };
}

/** Every check of a list counts; an empty list is a call like any other, and so is one that the field refuses for its length. */
function countOf({ checks }: Arguments, checksLeft: number): number {
  return Array.isArray(checks) && checks.length <= checksLeft ? Math.max(1, checks.length) : 1;
}

const detailsOf = (name: string, { max, windowMs }: WindowLimit) => ({
  limit: name,
  max,
  windowSeconds: windowMs / 1_000,
});

const tooOften = (name: string, limit: WindowLimit, retryAfterMs: number) =>
  new PortcullisError('RATE_LIMITED', 'Too many calls; wait before the next one.', {
    retryAfter: Math.max(1, Math.ceil(retryAfterMs / 1_000)),
    details: detailsOf(name, limit),
  });

const tooMuchAtOnce = (name: string, limit: WindowLimit, count: number) =>
  new PortcullisError(
    'RATE_LIMITED',
    `${count} checks at once are never admitted, however long you wait: the limit is ${limit.max} in ${limit.windowMs / 1_000} seconds. Ask for less.`,
    { retryable: false, details: detailsOf(name, limit) },
  );
