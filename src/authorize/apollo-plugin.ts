import { GraphQLError, type DocumentNode, type GraphQLSchema } from 'graphql';

import { filteredExtension, refusalOf, refusedAhead, type OperationResult } from './operation-result.js';

/** What Apollo Server says of an operation, as far as it is needed here. */
interface ApolloRequest {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly request: {
    readonly operationName?: string | null | undefined;
    readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
  };
  readonly contextValue: unknown;
}

interface ApolloResponse {
  readonly contextValue: unknown;
  readonly response: { body: unknown };
}

/** The hooks of Apollo Server that are used here. */
export interface AuthorizeApolloPlugin {
  requestDidStart(): Promise<{
    didResolveOperation(request: ApolloRequest): Promise<void>;
    willSendResponse(response: ApolloResponse): Promise<void>;
  }>;
}

/**
 * Has Apollo Server refuse operations whole where a guard says REJECT, and count in `extensions.authorization.filtered` what was
 * left out. The context gets its decisions by `client.forRequest(req)`.
 */
export const authorizeApolloPlugin = (): AuthorizeApolloPlugin => ({
  async requestDidStart() {
    return {
      async didResolveOperation({ schema, document, request, contextValue }) {
        const { operationName, variables } = request;
        const refused = await refusedAhead({ schema, document, operationName, variables }, contextValue);
        const [error] = refused?.errors ?? [];
        // The answer to an operation that is refused later is one of GraphQL, too.
        if (error !== undefined) throw withStatus(error, 200);
      },
      async willSendResponse({ contextValue, response }) {
        const refused = refusalOf(contextValue);
        if (refused !== undefined) {
          const errors = refused.errors?.map((error) => error.toJSON());
          response.body = { kind: 'single', singleResult: { data: null, errors } };
          return;
        }
        const extension = filteredExtension(contextValue);
        const { kind, singleResult } = response.body as { kind: string; singleResult: OperationResult };
        if (extension === undefined || kind !== 'single') return;
        singleResult.extensions = { ...singleResult.extensions, ...extension };
      },
    };
  },
});

const withStatus = ({ message, path, extensions }: GraphQLError, status: number): GraphQLError =>
  new GraphQLError(message, { path: path ?? null, extensions: { ...extensions, http: { status } } });
