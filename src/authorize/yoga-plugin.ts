import type { DocumentNode, GraphQLSchema } from 'graphql';

import type { RequestWithHeaders } from './caller.js';
import type { DecisionClient } from './decision-client.js';
import { CONTEXT_KEY } from './guards.js';
import { filteredExtension, refusalOf, refusedAhead, type OperationResult } from './operation-result.js';

/** What Envelop says of an operation that it begins to execute, as far as it is needed here. */
interface ExecutionArguments {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variableValues?: unknown;
  readonly contextValue?: unknown;
}

interface ExecuteDone {
  readonly result: unknown;
  readonly setResult: (result: never) => void;
}

/** The hooks of Envelop and GraphQL Yoga that are used here. */
export interface AuthorizePlugin {
  onContextBuilding(payload: {
    readonly context: unknown;
    readonly extendContext: (extension: never) => void;
  }): void;
  onExecute(payload: {
    readonly args: ExecutionArguments;
    readonly setResultAndStopExecution: (result: never) => void;
  }): Promise<{ onExecuteDone(payload: ExecuteDone): void }>;
}

/**
 * Gives each request of GraphQL Yoga (or Envelop, where the context has the `request`) its decisions, refuses operations whole where
 * a guard says REJECT, and counts in `extensions.authorization.filtered` what was left out.
 */
export const useAuthorize = (client: DecisionClient): AuthorizePlugin => ({
  onContextBuilding({ context, extendContext }) {
    const { request } = context as { readonly request?: RequestWithHeaders };
    const authorization = client.forRequest(request ?? { accessToken: null });
    extendContext({ [CONTEXT_KEY]: authorization } as never);
  },
  async onExecute({ args, setResultAndStopExecution }) {
    const { schema, document, operationName, contextValue } = args;
    const variables = args.variableValues as Record<string, unknown> | undefined;
    const refused = await refusedAhead({ schema, document, operationName, variables }, contextValue);
    if (refused !== undefined) setResultAndStopExecution(refused as never);
    return {
      onExecuteDone({ result, setResult }) {
        const refusal = refusalOf(contextValue);
        if (refusal !== undefined) return setResult(refusal as never);
        const extension = filteredExtension(contextValue);
        if (extension === undefined || typeof result !== 'object' || result === null) return;
        // What comes in parts is not counted.
        if (Symbol.asyncIterator in result) return;
        const { extensions } = result as OperationResult;
        setResult({ ...result, extensions: { ...extensions, ...extension } } as never);
      },
    };
  },
});
