import type { ApolloServerPlugin } from '@apollo/server';

import type { RequestContext } from '../context.js';

/**
 * Knows which request an error belongs to: Apollo Server formats errors without saying. An AsyncLocalStorage would know too,
 * and costs every request a tenth of its time on Node 20.
 */
export interface ErrorOrigins {
  /** The id of the error's request; null for what failed before there was a context. */
  readonly requestIdOf: (error: unknown) => string | null;
  /** Says so of an error that Apollo Server does not see. */
  readonly note: (error: object, requestId: string) => void;
  readonly plugin: ApolloServerPlugin<RequestContext>;
}

export function createErrorOrigins(): ErrorOrigins {
  const requestIds = new WeakMap<object, string>();
  return {
    requestIdOf: (error) => (error instanceof Error ? (requestIds.get(error) ?? null) : null),
    note: (error, requestId) => void requestIds.set(error, requestId),
    plugin: {
      async requestDidStart() {
        return {
          async didEncounterErrors({ errors, contextValue }) {
            for (const error of errors) requestIds.set(error, contextValue.requestId);
          },
        };
      },
    },
  };
}

interface ErrorsAlone {
  readonly data?: unknown;
  readonly errors?: readonly { readonly extensions: { requestId: string | null } }[];
}

/** Puts the id of a request into its answer, where that holds nothing but errors which do not know it yet. */
export function withRequestId(body: string, requestId: string): string {
  const answer = JSON.parse(body) as ErrorsAlone;
  if (answer.data !== undefined || answer.errors === undefined) return body;
  for (const { extensions } of answer.errors) extensions.requestId ??= requestId;
  return `${JSON.stringify(answer)}\n`;
}
