import { GraphQLError } from 'graphql';

import type { PortcullisError } from '../errors.js';

/** The error of an operation that is refused before it is executed, answered with 400. */
export const requestError = (error: PortcullisError): GraphQLError =>
  new GraphQLError(error.message, {
    originalError: error,
    extensions: { code: error.code, http: { status: 400 } },
  });
