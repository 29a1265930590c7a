import { EnvelopArmorPlugin } from '@escape.tech/graphql-armor';
import type { GatewayPlugin } from '@graphql-hive/gateway-runtime';
import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type ASTVisitor,
  type FieldNode,
  type SelectionSetNode,
  type ValidationContext,
} from 'graphql';

import { bodyLimit } from './body-limit.js';

/**
 * Mutations of Portcullis that check a password, a code or a token, or mail somebody. One operation may hold one of them.
 * Portcullis holds operations to that itself, but what a gateway has split it sees as several operations.
 */
export const AUTHENTICATION_MUTATIONS: ReadonlySet<string> = new Set([
  'register',
  'confirmRegistration',
  'resendConfirmation',
  'login',
  'completeNewPassword',
  'selectMfaMethod',
  'respondToMfa',
  'setupTotp',
  'confirmTotp',
  'setMfaPreference',
  'disableMfa',
  'forgotPassword',
  'resetPassword',
  'changePassword',
  'changeEmail',
  'requestContactVerification',
  'verifyContact',
  'deleteMe',
  'refreshTokens',
  'updateMe',
]);

const tooComplex = (message: string) =>
  new GraphQLError(message, { extensions: { code: 'OPERATION_TOO_COMPLEX' } });

/** Has graphql-armor refuse under the code that Portcullis gives to such a refusal. */
const refusal = {
  onReject: [
    (_context: ValidationContext | null, { message }: GraphQLError) => {
      throw tooComplex(message.replace(/^Syntax Error: /, ''));
    },
  ],
};

/** What one request of a client may hold. A gateway asks for more, so Portcullis itself sets gateways wider limits. */
export const gatewayLimits: readonly GatewayPlugin[] = [
  bodyLimit,
  EnvelopArmorPlugin({
    maxTokens: { n: 2_000, ...refusal },
    maxDepth: { n: 12, flattenFragments: true, ...refusal },
    // Armor's own list of names that it does not count has __typename.
    maxAliases: { n: 30, allowList: [], ...refusal },
    maxDirectives: { n: 50, ...refusal },
    costLimit: { maxCost: 20_000, flattenFragments: true, ...refusal },
    blockFieldSuggestion: { enabled: false },
  }),
  { onValidate: ({ addValidationRule }) => addValidationRule(oneAuthenticationRule) },
];

/** Refuses a second mutation that checks a password, a code or a token, however it is named in the operation. */
function oneAuthenticationRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(operation) {
      if (operation.operation !== OperationTypeNode.MUTATION) return;
      const fragments = context
        .getRecursivelyReferencedFragments(operation)
        .filter(
          ({ typeCondition }) => typeCondition.name.value === context.getSchema().getMutationType()?.name,
        );
      const fields = [operation, ...fragments].flatMap(({ selectionSet }) => fieldsOf(selectionSet));
      const proofs = fields.filter(({ name }) => AUTHENTICATION_MUTATIONS.has(name.value));
      // Fields of one name in the answer are executed as one.
      if (new Set(proofs.map(({ alias, name }) => (alias ?? name).value)).size > 1) {
        const message = 'One operation may hold one mutation that signs in, registers or proves.';
        context.reportError(tooComplex(message));
      }
    },
  };
}

/** The fields of a selection set itself; those of its named fragments aside. */
const fieldsOf = ({ selections }: SelectionSetNode): readonly FieldNode[] =>
  selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node];
    return node.kind === Kind.INLINE_FRAGMENT ? fieldsOf(node.selectionSet) : [];
  });
