import { GraphQLError, GraphQLScalarType, Kind, type ASTNode } from 'graphql';

/**
 * Why a scalar of this service takes a value for none of its own: its rule. The value is never in it, so that it may be passed
 * on; graphql-js passes on nothing but its own errors as they are.
 */
export class RefusedValue extends GraphQLError {
  override readonly name = 'RefusedValue';
}

export interface ScalarRule {
  readonly description: string;
  /** A sentence for who breaks it. It quotes no value, which may be somebody's secret. */
  readonly rule: string;
  /** The form in which a value is judged and taken. It may throw for what is none. */
  readonly normalize?: (value: string) => string;
}

/**
 * A scalar that goes by the name and the rule of another, says the rule in words of its own, and may take values in a normal
 * form. What is sent out is as the other has it.
 */
export function createRuledScalar(
  like: GraphQLScalarType<string, string>,
  { description, rule, normalize = (value) => value }: ScalarRule,
): GraphQLScalarType<string, string> {
  const accept = (value: unknown, nodes?: ASTNode): string => {
    try {
      if (typeof value === 'string') return like.parseValue(normalize(value));
    } catch {
      // What is thrown may quote the value.
    }
    throw new RefusedValue(rule, nodes === undefined ? {} : { nodes });
  };
  return new GraphQLScalarType<string, string>({
    ...like.toConfig(),
    description,
    parseValue: (value) => accept(value),
    parseLiteral: (node) => accept(node.kind === Kind.STRING ? node.value : undefined, node),
  });
}
