import { HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

import { decideMutationsAhead } from '../schema/decide-ahead.js';
import { keysOf, type GuardContext } from '../schema/decided-ahead.js';

/** Makes the error of a refusal what the caller reads. */
type Format<Context> = (error: GraphQLError, context: Context) => GraphQLFormattedError;

/**
 * Answers an operation that a guard refused whole with that one error, and nothing else. What can be decided of all mutations
 * of an operation without executing any is decided first, so that none has run where one is refused.
 */
export function refuseOperations<Context extends GuardContext>(
  format: Format<Context>,
): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ schema, document, request, contextValue }) {
          const { operationName, variables } = request;
          const isRefused = () => contextValue.refusal !== undefined;
          const operation = { schema, document, operationName, variables };
          await decideMutationsAhead(operation, contextValue, isRefused);
          if (!isRefused()) return null;
          return {
            http: { headers: new HeaderMap() },
            body: { kind: 'single', singleResult: { data: null } },
          };
        },
        async willSendResponse({ contextValue, response }) {
          const { refusal } = contextValue;
          if (refusal === undefined) return;
          const error = new GraphQLError(refusal.error.message, {
            originalError: refusal.error,
            path: keysOf(refusal.path),
          });
          response.body = {
            kind: 'single',
            singleResult: { data: null, errors: [format(error, contextValue)] },
          };
        },
      };
    },
  };
}
