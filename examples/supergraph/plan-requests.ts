import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import { Kind, type DocumentNode } from 'graphql';

/**
 * Plans what subgraphs are asked, by the planner of Hive's router. The one that the gateway comes with answers null, and no error,
 * for what a subgraph contributes to an interface (`@interfaceObject`).
 */
export const planRequests: typeof unifiedGraphHandler = async (options) => {
  const { executor, ...handled } = await unifiedGraphHandler(options);
  if (executor === undefined) return handled;
  return {
    ...handled,
    // Of an operation that was refused field by field nothing is left, which the planner takes for a syntax error.
    executor: (request) => (isEmpty(request.document) ? { data: {} as never } : executor(request)),
  };
};

const isEmpty = ({ definitions }: DocumentNode): boolean =>
  definitions.every(
    (definition) =>
      definition.kind !== Kind.OPERATION_DEFINITION || definition.selectionSet.selections.length === 0,
  );
