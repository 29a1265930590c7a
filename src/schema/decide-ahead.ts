import {
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';

import { decideAheadOf } from './decided-ahead.js';

/** An operation as it was sent. */
export interface OperationAhead {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
}

/**
 * Decides whatever can be decided of all mutations of an operation without executing any, so that none has run where one is
 * refused. A refusal is found in the context.
 *
 * Rejects with whatever went wrong where that is no refusal: nothing is to be executed then.
 */
export async function decideMutationsAhead(
  { schema, document, operationName, variables }: OperationAhead,
  context: unknown,
  isRefused: () => boolean,
): Promise<void> {
  const root = schema.getMutationType();
  // A server may ask of a document, too, that has no operation of the name asked for.
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.MUTATION || !root || !decidesAhead(root)) return;
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables ?? {}, {
    maxErrors: 1,
  });
  // Where the variables are not good for it, it is not executed.
  if (coerced === undefined) return;
  const fragments = Object.fromEntries(
    document.definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
  const fields = collectFields(schema, fragments, coerced, root, operation.selectionSet);
  const asked = [...fields].map(async ([responseKey, [node]]) => {
    const field = node && root.getFields()[node.name.value];
    const decide = field && decideAheadOf(field);
    if (!field || !decide) return;
    let args: Record<string, unknown>;
    try {
      args = getArgumentValues(field, node, coerced);
    } catch {
      // The field fails by itself when it comes to it, for the same reason, before its guards are asked.
      return;
    }
    await decide(args, context, responseKey);
  });
  const failed = (await Promise.allSettled(asked)).find((outcome) => outcome.status === 'rejected');
  // Who is refused is told so by the response; whatever else went wrong, nothing is executed.
  if (failed !== undefined && !isRefused()) throw failed.reason;
}

const decidesAhead = (root: GraphQLObjectType): boolean =>
  Object.values(root.getFields()).some((field) => decideAheadOf(field) !== undefined);
