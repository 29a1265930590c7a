import type { ApolloServerPlugin } from '@apollo/server';
import {
  getArgumentValues,
  getNamedType,
  getVariableValues,
  GraphQLError,
  isCompositeType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

import { PortcullisError } from '../errors.js';

/** How many objects the answer of one operation may hold, by what its pages ask for. */
const MAX_OBJECTS = 10_000;

/** Refuses operations whose pages within pages multiply: they are short to write and long to answer. */
export const limitOperations: ApolloServerPlugin = {
  async requestDidStart() {
    return {
      async didResolveOperation({ schema, document, operation, request }) {
        if (operation === undefined) return;
        const objects = countObjects(schema, document, operation, request.variables ?? {});
        if (objects <= MAX_OBJECTS) return;
        const error = new PortcullisError(
          'OPERATION_TOO_COMPLEX',
          `The operation asks for up to ${objects} objects; ${MAX_OBJECTS} is the most. Ask for shorter pages.`,
        );
        throw new GraphQLError(error.message, {
          originalError: error,
          extensions: { code: error.code, http: { status: 400 } },
        });
      },
    };
  },
};

/**
 * The most objects that a valid operation can be answered with: what lies below a field with `first` counts that often.
 * None where the variables are not good for it, since it is then not executed. Each fragment is counted once for each type that it is spread on, so that the work grows with the document alone.
 */
export function countObjects(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  rawVariables: Readonly<Record<string, unknown>>,
): number {
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], rawVariables);
  if (coerced === undefined) return 0;
  const fragments = new Map(
    document.definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
  const known = new Map<SelectionSetNode, Map<string, number>>();

  const count = (selections: SelectionSetNode, typeName: string): number => {
    const byType = known.get(selections) ?? new Map<string, number>();
    known.set(selections, byType);
    const counted = byType.get(typeName) ?? sum(selections, typeName);
    byType.set(typeName, counted);
    return counted;
  };

  const sum = (selections: SelectionSetNode, typeName: string): number => {
    const type = schema.getType(typeName);
    let total = 0;
    for (const node of selections.selections) {
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(node.name.value);
        if (fragment) total += count(fragment.selectionSet, fragment.typeCondition.name.value);
      } else if (node.kind === Kind.INLINE_FRAGMENT) {
        total += count(node.selectionSet, node.typeCondition?.name.value ?? typeName);
      } else if (node.selectionSet && isObjectType(type)) {
        const field = type.getFields()[node.name.value];
        const returned = field && getNamedType(field.type);
        if (field === undefined || !isCompositeType(returned)) continue;
        const hasPages = field.args.some(({ name }) => name === 'first');
        const first = hasPages ? getArgumentValues(field, node, coerced).first : 1;
        const times = typeof first === 'number' ? Math.max(1, first) : 1;
        total += 1 + times * count(node.selectionSet, returned.name);
      }
    }
    return total;
  };

  const root = schema.getRootType(operation.operation);
  return root ? count(operation.selectionSet, root.name) : 0;
}
