import type { GraphqlError } from './answer.js';

/**
 * Why something could not be done. `code` is one of the contract's (docs/schema.md), or UNREACHABLE where no answer came: what
 * was asked for may then have been done or not.
 */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(
    readonly code: string,
    message: string,
    /** Seconds after which another try makes sense; null where none is said. */
    readonly retryAfter: number | null = null,
    /** Facts that go with the code. */
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  static of({ message, extensions = {} }: GraphqlError): Failure {
    const { code = 'INTERNAL_SERVER_ERROR', retry, details } = extensions;
    return new Failure(code, message, retry?.retryAfter, details);
  }
}

export const unreachable = () =>
  new Failure('UNREACHABLE', 'The server did not answer. Look at your connection and try again.');

/** What was caught, where only the client throws on purpose: anything else is a fault of the page, and goes on its way. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  throw error;
}
