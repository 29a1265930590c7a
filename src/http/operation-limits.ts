import type { ApolloServerPlugin } from '@apollo/server';
import {
  getNamedType,
  getNullableType,
  getVariableValues,
  GraphQLError,
  isAbstractType,
  isListType,
  isObjectType,
  Kind,
  typeFromAST,
  valueFromAST,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

import { PortcullisError } from '../errors.js';
import type { DocumentLimits } from './limits.js';

/** Arguments that say how many answers a field has, or bring something for each. */
const MULTIPLIERS: ReadonlySet<string> = new Set(['first', 'checks', 'representations']);

/** What checks bring for the policies alone: no field repeats it, and errors quote little of it. */
const UNREPEATED: ReadonlySet<string> = new Set(['context', 'resourceAttributes']);

/** How many characters an answer may repeat of the variables. */
const MAX_REPEATED = 25_000_000;

/** What the answer of an operation can hold at most. */
export interface AnswerSize {
  /** Objects, and other fields that have a resolver. */
  readonly resolved: number;
  /** All fields, those of each item of a list by themselves. */
  readonly fields: number;
}

type AnswerLimits = Pick<DocumentLimits, 'resolved' | 'fields'>;
type Variables = Readonly<Record<string, unknown>>;

/** Refuses operations that are short to write and long to answer: lists within lists multiply, and so do aliases in a list. */
export function limitOperations(limits: AnswerLimits): ApolloServerPlugin {
  const measure = rememberingLast(limits);
  return {
    async requestDidStart() {
      return {
        async didResolveOperation({ schema, document, operation, request }) {
          if (operation === undefined) return;
          const given = request.variables ?? {};
          const variables = variablesOf(schema, operation, given);
          const size = measure(schema, document, operation, variables);
          const error = excess(size, variables, limits);
          if (error !== undefined && areGood(schema, operation, given)) throw error;
        },
      };
    },
  };
}

function excess(
  { resolved, fields }: AnswerSize,
  variables: Variables,
  limits: AnswerLimits,
): GraphQLError | undefined {
  if (resolved > limits.resolved) return tooLarge('objects and resolved fields', limits.resolved);
  if (fields > limits.fields) return tooLarge('fields', limits.fields);
  // Any field may repeat what was asked for, such as the id of a check.
  if (fields * longestText(variables) > MAX_REPEATED) {
    return tooLarge('characters of its variables', MAX_REPEATED);
  }
  return undefined;
}

/** Each variable as it was sent, or its default: coercion, which is dear and is done again to execute, changes no count. */
function variablesOf(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Variables): Variables {
  const variables = Object.create(null) as Record<string, unknown>;
  for (const { variable, type, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    if (Object.hasOwn(given, name)) variables[name] = given[name];
    // What is declared in a valid document is an input type.
    else if (defaultValue) {
      variables[name] = valueFromAST(
        defaultValue,
        typeFromAST(schema, type as NamedTypeNode) as GraphQLInputType,
      );
    }
  }
  return variables;
}

/** Where they are not, the operation is not executed, and the answer is better off saying what is wrong with them. */
const areGood = (schema: GraphQLSchema, { variableDefinitions }: OperationDefinitionNode, given: Variables) =>
  getVariableValues(schema, variableDefinitions ?? [], given, { maxErrors: 1 }).errors === undefined;

/** Measures an operation anew only where its variables multiply otherwise than the last time: clients send the same ones. */
function rememberingLast(limits: AnswerLimits) {
  const last = new WeakMap<OperationDefinitionNode, { multipliers: string; size: AnswerSize }>();
  return (
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Variables,
  ): AnswerSize => {
    const multipliers = Object.entries(variables).map(multiplierText).join();
    const known = last.get(operation);
    if (known?.multipliers === multipliers) return known.size;
    const size = measureAnswer(schema, document, operation, variables, limits);
    last.set(operation, { multipliers, size });
    return size;
  };
}

/** All of a variable that can count: a list goes by its length, and what is no number is no multiplier. */
function multiplierText([name, value]: readonly [string, unknown]): string {
  if (Array.isArray(value)) return `${name}[${value.length}]`;
  return typeof value === 'number' || value === null ? `${name}=${value}` : name;
}

/**
 * Counts what a valid operation can be answered with, following lists by their arguments. It stops counting soon after a
 * limit, so that the work is bounded too.
 */
export function measureAnswer(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
  limits: AnswerLimits,
): AnswerSize {
  const collectFields = fieldCollector(schema, document);
  let resolved = 0;
  let fields = 0;

  const measure = (selectionSets: readonly SelectionSetNode[], type: GraphQLObjectType, times: number) => {
    for (const nodes of collectFields(selectionSets, type)) {
      if (resolved > limits.resolved || fields > limits.fields) return;
      fields += times;
      const field = type.getFields()[nodes[0].name.value];
      // Introspection.
      if (field === undefined) continue;
      const inner = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
      if (inner.length === 0) {
        if (field.resolve) resolved += times;
        continue;
      }
      const below = times * timesOf(field, nodes[0], variables);
      resolved += isListType(getNullableType(field.type)) ? below : times;
      for (const possible of possibleTypes(schema, field)) measure(inner, possible, below);
    }
  };

  const root = schema.getRootType(operation.operation);
  if (root) measure([operation.selectionSet], root, 1);
  return { resolved, fields };
}

/** Finds the fields that are answered for an object, each with all its places in the document, as graphql-js executes them. */
function fieldCollector(schema: GraphQLSchema, document: DocumentNode) {
  const fragments = new Map(
    document.definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );

  const suits = (condition: NamedTypeNode | undefined, type: GraphQLObjectType): boolean => {
    if (condition === undefined || condition.name.value === type.name) return true;
    const conditional = typeFromAST(schema, condition);
    return isAbstractType(conditional) && schema.isSubType(conditional, type);
  };

  return (selectionSets: readonly SelectionSetNode[], type: GraphQLObjectType) => {
    const found = new Map<string, [FieldNode, ...FieldNode[]]>();
    const spread = new Set<string>();
    const collect = ({ selections }: SelectionSetNode): void => {
      for (const node of selections) {
        if (node.kind === Kind.FIELD) {
          const key = (node.alias ?? node.name).value;
          const nodes = found.get(key);
          if (nodes) nodes.push(node);
          else found.set(key, [node]);
        } else if (node.kind === Kind.INLINE_FRAGMENT) {
          if (suits(node.typeCondition, type)) collect(node.selectionSet);
        } else if (!spread.has(node.name.value)) {
          spread.add(node.name.value);
          const fragment = fragments.get(node.name.value);
          if (fragment && suits(fragment.typeCondition, type)) collect(fragment.selectionSet);
        }
      }
    };
    selectionSets.forEach(collect);
    return found.values();
  };
}

function timesOf(field: GraphQLField<unknown, unknown>, node: FieldNode, variables: Variables): number {
  const argument = field.args.find(({ name }) => MULTIPLIERS.has(name));
  if (argument === undefined) return 1;
  const given = node.arguments?.find(({ name }) => name.value === argument.name);
  const value: unknown = valueFromAST(given?.value, argument.type, variables) ?? argument.defaultValue;
  if (Array.isArray(value)) return Math.max(1, value.length);
  // A number for a list is a list of one.
  const isCount = typeof value === 'number' && !isListType(getNullableType(argument.type));
  return isCount ? Math.max(1, value) : 1;
}

function possibleTypes(
  schema: GraphQLSchema,
  field: GraphQLField<unknown, unknown>,
): readonly GraphQLObjectType[] {
  const type = getNamedType(field.type);
  if (isAbstractType(type)) return schema.getPossibleTypes(type);
  return isObjectType(type) ? [type] : [];
}

/**
 * The length of the longest text or key in variables, found in a loop: they may be nested as deep as a body is long. Nothing is
 * made of them on the way, not even lists of their keys, since that is done for each request.
 */
function longestText(variables: Variables): number {
  let longest = 0;
  const unseen: object[] = [variables];
  const see = (value: unknown) => {
    if (typeof value === 'string') longest = Math.max(longest, value.length);
    else if (typeof value === 'object' && value !== null) unseen.push(value);
  };
  for (let at = unseen.pop(); at !== undefined; at = unseen.pop()) {
    if (Array.isArray(at)) at.forEach(see);
    else {
      for (const key in at) {
        longest = Math.max(longest, key.length);
        if (!UNREPEATED.has(key)) see((at as Variables)[key]);
      }
    }
  }
  return longest;
}

function tooLarge(what: string, most: number): GraphQLError {
  const error = new PortcullisError(
    'OPERATION_TOO_COMPLEX',
    `The answer could hold more than ${most} ${what}. Ask for less at once.`,
  );
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: { code: error.code, http: { status: 400 } },
  });
}
