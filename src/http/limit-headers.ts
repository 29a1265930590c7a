import type { ApolloServerPlugin } from '@apollo/server';

import type { RequestContext } from '../context.js';

/** What browsers let pages of another origin read. */
export const LIMIT_HEADERS = ['ratelimit', 'ratelimit-policy', 'retry-after'] as const;

/**
 * Says in the headers how much of each limit is left that the operation met, and how long to wait where something was refused.
 * The status of a GraphQL answer does not change.
 *
 * https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/11/ (lists of structured fields, RFC 9651);
 * `Retry-After`: RFC 9110, 10.2.3
 */
export const reportLimits: ApolloServerPlugin<RequestContext> = {
  async requestDidStart() {
    return {
      async willSendResponse({ contextValue, response }) {
        const { headers } = response.http;
        const met = contextValue.limits;
        if (met.length > 0) {
          headers.set(
            'ratelimit-policy',
            met.map(({ name, max, windowMs }) => `"${name}";q=${max};w=${windowMs / 1_000}`).join(', '),
          );
        }
        const left = met.flatMap(({ name, state }) =>
          state ? [`"${name}";r=${state.remaining};t=${Math.ceil(state.resetMs / 1_000)}`] : [],
        );
        if (left.length > 0) headers.set('ratelimit', left.join(', '));
        if (response.body.kind !== 'single') return;
        const waits = (response.body.singleResult.errors ?? []).map(({ extensions }) => waitOf(extensions));
        const longest = Math.max(0, ...waits);
        if (longest > 0) headers.set('retry-after', String(longest));
      },
    };
  },
};

/** The seconds after which an error says that a retry makes sense; 0 where it says nothing. */
function waitOf(extensions: unknown): number {
  const { retry } = (extensions ?? {}) as { retry?: { retryAfter?: number | null } };
  return retry?.retryAfter ?? 0;
}
