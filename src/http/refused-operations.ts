import { HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import {
  getArgumentValues,
  getOperationAST,
  getVariableValues,
  GraphQLError,
  Kind,
  OperationTypeNode,
  type FragmentDefinitionNode,
  type GraphQLFormattedError,
  type GraphQLObjectType,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';

import { decideAheadOf, type GuardContext, type Path } from '../schema/decided-ahead.js';

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
          const root = schema.getMutationType();
          // Apollo Server asks of a document, too, that has no operation of the name asked for.
          const operation = getOperationAST(document, request.operationName);
          if (operation?.operation !== OperationTypeNode.MUTATION || !root || !decidesAhead(root))
            return null;
          const { coerced } = getVariableValues(
            schema,
            operation.variableDefinitions ?? [],
            request.variables ?? {},
            { maxErrors: 1 },
          );
          // Where the variables are not good for it, it is not executed.
          if (coerced === undefined) return null;
          const fragments = Object.fromEntries(
            document.definitions
              .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
              .map((node) => [node.name.value, node]),
          );
          const fields = collectFields(schema, fragments, coerced, root, operation.selectionSet);
          await decideAhead(root, fields, coerced, contextValue);
          if (contextValue.refusal === undefined) return null;
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

const decidesAhead = (root: GraphQLObjectType): boolean =>
  Object.values(root.getFields()).some((field) => decideAheadOf(field) !== undefined);

/** Asks about all root fields at once. A denial is found in the context. */
async function decideAhead(
  root: GraphQLObjectType,
  fields: ReturnType<typeof collectFields>,
  variables: Record<string, unknown>,
  context: GuardContext,
): Promise<void> {
  const asked = [...fields].map(async ([responseKey, [node]]) => {
    const field = node && root.getFields()[node.name.value];
    const decide = field && decideAheadOf(field);
    if (!field || !decide) return;
    let args: Record<string, unknown>;
    try {
      args = getArgumentValues(field, node, variables);
    } catch {
      // The field fails by itself when it comes to it, for the same reason, before its guards are asked.
      return;
    }
    await decide(args, context, responseKey);
  });
  const failed = (await Promise.allSettled(asked)).find((outcome) => outcome.status === 'rejected');
  // Who is refused is told so by the response; whatever else went wrong, nothing is executed.
  if (failed !== undefined && context.refusal === undefined) throw failed.reason;
}

function keysOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at: Path | undefined = path; at !== undefined; at = at.prev) keys.unshift(at.key);
  return keys;
}
