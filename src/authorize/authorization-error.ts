import { GraphQLError } from 'graphql';

import { PortcullisError, type ErrorCode, type PortcullisErrorOptions } from '../errors.js';

/** What a denial tells the caller, in the very form in which Portcullis itself tells it. */
export class AuthorizationError extends GraphQLError {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: PortcullisErrorOptions) {
    const { retryable, retryAfter, details } = new PortcullisError(code, message, options);
    super(message, {
      extensions: {
        code,
        retry: { retryable, retryAfter },
        ...(details !== undefined && { details }),
      },
    });
    this.code = code;
  }
}

export const makeError = (code: ErrorCode, message: string, options?: PortcullisErrorOptions) =>
  new AuthorizationError(code, message, options);
