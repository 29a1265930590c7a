import { GraphQLError, type DocumentNode, type GraphQLSchema } from 'graphql';

import { decideMutationsAhead } from '../schema/decide-ahead.js';
import { keysOf } from '../schema/decided-ahead.js';
import { guardsOf } from './guards.js';

/** An answer to an operation, as far as guards have a say in it. */
export interface OperationResult {
  data?: Record<string, unknown> | null;
  errors?: readonly GraphQLError[];
  extensions?: Record<string, unknown>;
}

export interface StartedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * Decides what refuses an operation before any of its mutations is executed.
 *
 * @returns the answer where it is refused
 */
export async function refusedAhead(
  { schema, document, operationName, variables }: StartedOperation,
  resolverContext: unknown,
): Promise<OperationResult | undefined> {
  await decideMutationsAhead(
    { schema, document, operationName, variables },
    resolverContext,
    () => guardsOf(resolverContext)?.refusal !== undefined,
  );
  return refusalOf(resolverContext);
}

/** The answer to an operation that was refused whole: no data, and one error. */
export function refusalOf(resolverContext: unknown): OperationResult | undefined {
  const { refusal } = guardsOf(resolverContext) ?? {};
  if (refusal === undefined) return undefined;
  const { error, path } = refusal;
  return {
    data: null,
    errors: [new GraphQLError(error.message, { originalError: error, path: keysOf(path) })],
  };
}

/** How many items were left out of an answer, for its extensions; undefined where none was. */
export function filteredExtension(
  resolverContext: unknown,
): { readonly authorization: { readonly filtered: number } } | undefined {
  const filtered = guardsOf(resolverContext)?.filteredCount ?? 0;
  return filtered === 0 ? undefined : { authorization: { filtered } };
}
