import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLString,
  parse,
  type EnumTypeDefinitionNode,
} from 'graphql';
import { Directive } from 'type-graphql';

import { LIMITS, type LimitKey, type LimitName } from '../services/rate-limiting/limits.js';

/** One use of `@rateLimit`. */
export interface RateLimitUsage {
  /** How many calls are admitted. */
  readonly max: number;
  /** Within how long, such as `1m`. */
  readonly window: string;
  /** Whose calls are counted together. */
  readonly by: LimitKey;
  /** The fields that are counted together; the field alone where it is left out. */
  readonly group?: string | undefined;
}

const KEY_DESCRIPTIONS: Readonly<Record<LimitKey, string>> = {
  IP: 'The address that the call comes from: behind a gateway the one that it forwards, of IPv6 the /64.',
  ACCOUNT:
    'The account that the arguments name, by its address and pool, or by a refresh token or challenge; it is kept as an HMAC.',
  VIEWER: 'Who is signed in, or the address for who is not.',
  SERVICE: 'The service that calls; for people the same as VIEWER.',
};

const rateLimitKey = new GraphQLEnumType({
  name: 'RateLimitKey',
  description: 'Whose calls a limit counts together.',
  values: Object.fromEntries(
    Object.entries(KEY_DESCRIPTIONS).map(([value, description]) => [value, { value, description }]),
  ),
  // Only the directive uses it, and that stays within the subgraph: clients of a gateway are not to see it.
  astNode: parse('enum RateLimitKey @inaccessible').definitions[0] as EnumTypeDefinitionNode,
});

/** The directive as the schema declares it. `rate-limit.transformer.ts` enforces it. */
export const rateLimitDirective = new GraphQLDirective({
  name: 'rateLimit',
  description: [
    'Limits how often a caller may use a field: a sliding window of `window` (such as "1m") that admits `max` calls.',
    'ACCOUNT is the account that the arguments name (never its plain address), VIEWER is the address for who is not signed in.',
    'Fields of one `group` are counted together. A list of checks counts each of them. What is refused does not count.',
    'These are the defaults; what is enforced is configured. Beyond it a field answers RATE_LIMITED, with `retry.retryAfter`.',
  ].join('\n'),
  isRepeatable: true,
  locations: [DirectiveLocation.FIELD_DEFINITION],
  args: {
    max: { type: new GraphQLNonNull(GraphQLInt) },
    window: { type: new GraphQLNonNull(GraphQLString) },
    by: { type: new GraphQLNonNull(rateLimitKey), defaultValue: 'VIEWER' },
    group: { type: GraphQLString },
  },
});

/** Puts a limit on a type-graphql field; where it is not named for that very field, it is one that fields share. */
export function RateLimit(name: LimitName): MethodDecorator {
  const { max, window, by } = LIMITS[name];
  const [owner] = name.split('.');
  return (target, field, descriptor) => {
    const group = owner === field ? '' : `, group: "${owner}"`;
    const key = by === 'VIEWER' ? '' : `, by: ${by}`;
    Directive(`@rateLimit(max: ${max}, window: "${window}"${key}${group})`)(target, field, descriptor);
  };
}
