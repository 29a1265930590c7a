import type { ApolloServerPlugin } from '@apollo/server';
import {
  isNonNullType,
  TypeInfo,
  ValidationContext,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

import { badUserInput } from '../errors.js';
import { requestError } from './request-error.js';

/**
 * Refuses operations that bring null for a variable which is used where there has to be a value. A variable with a default may be
 * nullable and stand there (https://spec.graphql.org/October2021/#sec-All-Variable-Usages-are-Allowed), so that graphql-js finds
 * out at the field, and then drops what is under way beside it.
 */
export function refuseNullVariables(): ApolloServerPlugin {
  const needed = rememberingNeeded();
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ schema, document, operation, request: { variables = {} } }) {
          const nulls = operation?.variableDefinitions?.filter(
            ({ variable }) => variables[variable.name.value] === null,
          );
          if (!operation || !nulls || nulls.length === 0) return;
          const types = needed(schema, document, operation);
          for (const { variable } of nulls) {
            const name = variable.name.value;
            const type = types.get(name);
            if (type !== undefined) throw requestError(refusal(name, type));
          }
        },
      };
    },
  };
}

const refusal = (name: string, type: string) =>
  badUserInput(`Variable "$${name}" is null where a value of the type ${type} is needed.`, {
    argument: name,
  });

/** Finds the variables that stand where there has to be a value, and the types of these places. */
function rememberingNeeded() {
  const known = new WeakMap<OperationDefinitionNode, ReadonlyMap<string, string>>();
  return (schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) => {
    const before = known.get(operation);
    if (before !== undefined) return before;
    const needed = new Map<string, string>();
    const context = new ValidationContext(schema, document, new TypeInfo(schema), () => undefined);
    for (const { node, type } of context.getRecursiveVariableUsages(operation)) {
      if (isNonNullType(type)) needed.set(node.name.value, String(type));
    }
    known.set(operation, needed);
    return needed;
  };
}
