import { unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

import { PortcullisError } from '../errors.js';
import { withoutValues, type Complaint, type EnumValues } from './without-values.js';

/** What the outside sees of an error: the envelope at the end of the contract. */
interface ErrorEnvelope {
  code: string;
  requestId: string | null;
  retry: { retryable: boolean; retryAfter: number | null };
  details?: Record<string, unknown>;
  [key: string]: unknown;
}

export interface ErrorFormatterOptions {
  /** The id of the request that an error belongs to; null where that is not known. */
  readonly requestIdOf: (error: unknown) => string | null;
  /** Makes errors of the services' dependencies known that reach the edge as they were thrown. */
  readonly translate: (error: unknown) => PortcullisError | undefined;
  /** What callers may be told that an enum has. */
  readonly enumValues: EnumValues;
  /** Hears of every error that is nobody's input and no decided outcome. */
  readonly onUnexpected: (error: unknown, requestId: string | null) => void;
}

/** A field that is written a hundred times is one field: each of its errors would name all hundred places. */
const MAX_LOCATIONS = 3;

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
export function createErrorFormatter({
  requestIdOf,
  translate,
  enumValues,
  onUnexpected,
}: ErrorFormatterOptions) {
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const requestId = requestIdOf(error);
    const place = {
      ...(formatted.locations === undefined
        ? {}
        : { locations: formatted.locations.slice(0, MAX_LOCATIONS) }),
      ...(formatted.path === undefined ? {} : { path: formatted.path }),
    };
    const answer = (message: string, envelope: Omit<ErrorEnvelope, 'requestId'>) => ({
      message,
      ...place,
      extensions: { ...envelope, requestId },
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
    if (isTooDeep(formatted)) {
      return answer('The document is too deep.', { code: 'OPERATION_TOO_COMPLEX', retry: NEVER });
    }
    const code = codeOfRequest(formatted, error, original);
    if (code !== undefined) {
      const { message, argument } = complaintOf(formatted, error, enumValues);
      return answer(message, {
        code,
        retry: NEVER,
        ...(argument !== undefined && { details: { argument } }),
      });
    }
    onUnexpected(original, requestId);
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

/** What graphql-js says of an argument when the field is executed, or a directive. */
const REFUSED_ARGUMENT = /^Argument "(\w+)" (?:of (?:non-null|required) type|has invalid value) /;

/** The code of an error that is about the request as such; undefined where something failed in answering it. */
function codeOfRequest(
  formatted: GraphQLFormattedError,
  error: unknown,
  original: unknown,
): string | undefined {
  const code = formatted.extensions?.code;
  if (typeof code === 'string' && CALLERS_FAULT.has(code)) return code;
  // Null may be allowed for a variable with a default, and found at the field to be too little.
  if (original instanceof GraphQLError && REFUSED_ARGUMENT.test(original.message)) return 'BAD_USER_INPUT';
  if (!(error instanceof GraphQLError) || error.originalError !== undefined) return undefined;
  // An argument that its scalar refused is reported without a code, by graphql-js alone.
  if (/^(Argument|Variable|Expected value of type) /.test(error.message)) return 'BAD_USER_INPUT';
  // Apollo Server's own complaints, such as an operation of a kind that the schema has not.
  return error.path === undefined ? 'BAD_REQUEST' : undefined;
}

/** Apollo Server's words, save where they tell the caller how to set up this service. */
function complaintOf(
  { message, extensions }: GraphQLFormattedError,
  error: unknown,
  enumValues: EnumValues,
): Complaint {
  if (extensions?.['validationErrorCode'] === 'INTROSPECTION_DISABLED') {
    return { message: 'Introspection is off.', argument: undefined };
  }
  const { originalError, nodes } = error instanceof GraphQLError ? error : {};
  return withoutValues({ message, originalError, nodes }, enumValues);
}

/** Fragments within fragments that multiply, as Apollo Server finds them; or what V8 says when graphql-js, which walks a document by recursion, got too deep. */
const isTooDeep = ({ message, extensions }: GraphQLFormattedError): boolean =>
  extensions?.['validationErrorCode'] === 'MAX_RECURSIVE_SELECTIONS_EXCEEDED' ||
  message.includes('Maximum call stack size exceeded');
