import { ApolloArmor } from '@escape.tech/graphql-armor';
import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type ASTVisitor,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

import { PortcullisError } from '../errors.js';
import { AUTHENTICATION_MUTATIONS } from '../schema/authentication-mutations.js';
import type { DocumentLimits } from './limits.js';

/** How many errors a document is searched for: each is located by a walk through the document's lines. */
export const MAX_VALIDATION_ERRORS = 20;

/** The fields of the Federation subgraph specification, by which gateways read the schema and entities. */
const FEDERATION_FIELDS: ReadonlySet<string> = new Set(['_entities', '_service']);

/**
 * Rules that hold a valid document to its limits, by graphql-armor. Tokens are counted before there is a document: its own
 * limit throws where Apollo Server answers 500.
 */
export function limitRules(limits: DocumentLimits): readonly ValidationRule[] {
  const armor = new ApolloArmor({
    maxDepth: { n: limits.depth, flattenFragments: true, ...reporting('The operation is too deep') },
    // Armor's own list of names that it does not count has __typename.
    maxAliases: { n: limits.aliases, allowList: [], ...reporting('The operation has too many aliases') },
    maxDirectives: { n: limits.directives, ...reporting('The operation has too many directives') },
    costLimit: { maxCost: limits.cost, flattenFragments: true, ...reporting('The operation costs too much') },
    maxTokens: { enabled: false },
    blockFieldSuggestion: { enabled: false },
  });
  return armor.protect().validationRules;
}

/** What armor found, as an error of ours; it says the limit, which is no secret. */
const reporting = (what: string) => ({
  propagateOnRejection: false,
  onReject: [
    (context: ValidationContext | null, { message }: GraphQLError) => {
      const [limit = ''] = /\d+/.exec(message) ?? [];
      context?.reportError(tooComplex(`${what}: ${limit} is the most.`));
    },
  ],
});

/** What graphql-js says when it has found too many errors, or fields to compare, and gives up; as an error of ours. */
export const abortedValidation = (error: unknown): PortcullisError | undefined =>
  error instanceof GraphQLError && error.message.endsWith('Validation aborted.')
    ? new PortcullisError(
        'OPERATION_TOO_COMPLEX',
        'The document has too many errors, or too many fields of one name, to be checked to the end.',
      )
    : undefined;

/** Refuses a second mutation that checks a password, a code or a token. */
export function oneAuthenticationRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(operation) {
      if (operation.operation === OperationTypeNode.MUTATION) {
        const names = [...rootFields(operation.selectionSet, context).values()];
        if (names.filter((name) => AUTHENTICATION_MUTATIONS.has(name)).length > 1) {
          context.reportError(
            tooComplex('One operation may hold one mutation that signs in, registers or proves.'),
          );
        }
      }
      return false;
    },
  };
}

/** Refuses what only a gateway may ask. */
export function federationForGatewaysRule(context: ValidationContext): ASTVisitor {
  return {
    Field(field) {
      const isFederation = FEDERATION_FIELDS.has(field.name.value);
      if (!isFederation || context.getParentType() !== context.getSchema().getQueryType()) return;
      const message = `Only a gateway that proves itself may ask for ${field.name.value}.`;
      context.reportError(refusal(new PortcullisError('FORBIDDEN', message), { http: { status: 403 } }));
    },
  };
}

/** The fields that an operation begins with, by the names that they bear in the answer: of one name, only one is executed. */
function rootFields(
  selections: SelectionSetNode,
  context: ValidationContext,
  found = new Map<string, string>(),
  spread = new Set<string>(),
): Map<string, string> {
  for (const node of selections.selections) {
    if (node.kind === Kind.FIELD) found.set((node.alias ?? node.name).value, node.name.value);
    else if (node.kind === Kind.INLINE_FRAGMENT) rootFields(node.selectionSet, context, found, spread);
    else if (!spread.has(node.name.value)) {
      spread.add(node.name.value);
      const fragment = context.getFragment(node.name.value);
      if (fragment) rootFields(fragment.selectionSet, context, found, spread);
    }
  }
  return found;
}

const tooComplex = (message: string): GraphQLError =>
  refusal(new PortcullisError('OPERATION_TOO_COMPLEX', message));

/** Apollo Server gives every validation error a code of its own; the original error keeps ours. */
const refusal = (error: PortcullisError, extensions?: Record<string, unknown>): GraphQLError =>
  new GraphQLError(error.message, { originalError: error, ...(extensions && { extensions }) });
