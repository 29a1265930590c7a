import { DrizzleQueryError } from 'drizzle-orm';

/**
 * All that a log may know of an error. The rest of what libraries hang on their errors is not for it: ioredis the command
 * with its arguments, pg its client, the AWS SDK the request.
 */
export interface ErrorDescription {
  readonly type: string;
  readonly message: string;
  /** Such as ECONNREFUSED, an SQLSTATE, or a code of our own. */
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: ErrorDescription;
}

/** Ends the description of causes that go round in a circle. */
const LONGEST_CHAIN = 10;

/** The query builder's own error, whose message quotes the parameters of the query, is left out: its cause says what happened. */
export function describeError(error: unknown, room = LONGEST_CHAIN): ErrorDescription {
  if (!(error instanceof Error)) return { type: typeof error, message: 'Not an Error.' };
  const cause = error.cause instanceof Error && room > 1 ? describeError(error.cause, room - 1) : undefined;
  if (error instanceof DrizzleQueryError) return cause ?? { type: error.name, message: 'A query failed.' };
  const code = codeOf(error);
  return {
    type: error.name,
    message: error.message,
    ...(code !== undefined && { code }),
    ...(error.stack !== undefined && { stack: error.stack }),
    ...(cause !== undefined && { cause }),
  };
}

/** The description of what lies at the bottom of an error. */
export function describeRootCause(error: unknown): ErrorDescription {
  let description = describeError(error);
  while (description.cause !== undefined) description = description.cause;
  return description;
}

function codeOf(error: Error): string | number | undefined {
  if (!('code' in error)) return undefined;
  return typeof error.code === 'string' || typeof error.code === 'number' ? error.code : undefined;
}
