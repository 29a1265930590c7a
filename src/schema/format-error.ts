import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

import { PortcullisError } from '../errors.js';

/** What the outside sees of an error: the envelope at the end of the contract. */
interface ErrorEnvelope {
  code: string;
  requestId: string | null;
  retry: { retryable: boolean; retryAfter: number | null };
  details?: Record<string, unknown>;
  [key: string]: unknown;
}

export interface ErrorFormatterOptions {
  /** The id of the request that is being answered; null outside of one. */
  readonly requestId: () => string | null;
  /** Makes errors of the services' dependencies known that reach the edge as they were thrown. */
  readonly translate: (error: unknown) => PortcullisError | undefined;
  /** Hears of every error that is nobody's input and no decided outcome. */
  readonly onUnexpected: (error: unknown) => void;
}

const NEVER: ErrorEnvelope['retry'] = { retryable: false, retryAfter: null };

/** Codes under which graphql-js and Apollo Server report a request that is malformed. */
const CALLERS_FAULT = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
  'BAD_USER_INPUT',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
]);

/**
 * The one translator between what went wrong inside and what the caller reads. PortcullisErrors keep
 * their message, code and details; complaints about a malformed request keep Apollo's; anything else is
 * INTERNAL_SERVER_ERROR and tells nothing. No stack, cause or vendor's message passes.
 */
export function createErrorFormatter({ requestId, translate, onUnexpected }: ErrorFormatterOptions) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const place = {
      ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
      ...(formatted.path === undefined ? {} : { path: formatted.path }),
    };
    const answer = (message: string, envelope: Omit<ErrorEnvelope, 'requestId'>) => ({
      message,
      ...place,
      extensions: { ...envelope, requestId: requestId() },
    });

    const original = unwrapResolverError(error);
    const known = portcullisCause(error) ?? translate(original);
    if (known !== undefined) {
      return answer(known.message, {
        code: known.code,
        retry: { retryable: known.retryable, retryAfter: known.retryAfter },
        ...(known.details === undefined ? {} : { details: known.details }),
      });
    }
    const code = formatted.extensions?.code;
    if (typeof code === 'string' && CALLERS_FAULT.has(code)) {
      return answer(formatted.message, { code, retry: NEVER });
    }
    if (isInputCoercion(error)) return answer(formatted.message, { code: 'BAD_USER_INPUT', retry: NEVER });
    onUnexpected(original);
    return answer('Something went wrong on our side.', { code: 'INTERNAL_SERVER_ERROR', retry: NEVER });
  };
}

/** A PortcullisError that a library has wrapped in an error of its own. */
function portcullisCause(error: unknown): PortcullisError | undefined {
  let at: unknown = error;
  for (let depth = 0; depth < 5 && at instanceof Error; depth += 1) {
    if (at instanceof PortcullisError) return at;
    at = at instanceof GraphQLError ? at.originalError : at.cause;
  }
  return undefined;
}

/** An argument written into the query that its scalar refused: graphql-js reports it without a code. */
function isInputCoercion(error: unknown): boolean {
  return (
    error instanceof GraphQLError &&
    error.originalError === undefined &&
    /^(Argument|Variable|Expected value of type) /.test(error.message)
  );
}
