import { defaultFieldResolver, type GraphQLFieldConfig } from 'graphql';

import { badUserInput } from '../errors.js';
import type { GuardContext } from './guard-context.js';
import type { GuardedTypes } from './guarded-types.js';

/** How many entities a gateway may ask for in one operation. */
const MAX_REPRESENTATIONS = 1_000;
/** The longest id that Verified Permissions takes. */
const MAX_ID_LENGTH = 200;

/**
 * Makes the `_entities` field of federation judge each representation by itself: one that names no entity of this
 * subgraph by its key becomes an error in its place. Without this, one malformed representation fails them all.
 */
export function judgeRepresentations(
  config: GraphQLFieldConfig<unknown, GuardContext>,
  types: GuardedTypes,
): GraphQLFieldConfig<unknown, GuardContext> {
  const resolve = config.resolve ?? defaultFieldResolver;
  const asked = new WeakMap<GuardContext, number>();
  return {
    ...config,
    resolve: (source, args: { representations: readonly unknown[] }, context, info) => {
      const { representations } = args;
      const count = (asked.get(context) ?? 0) + representations.length;
      asked.set(context, count);
      if (count > MAX_REPRESENTATIONS) {
        throw badUserInput(`An operation brings at most ${MAX_REPRESENTATIONS} representations.`, {
          argument: 'representations',
        });
      }
      const isGood = representations.map((representation) => isReference(representation, types));
      const good = representations.filter((_, index) => isGood[index]);
      const resolved = resolve(source, { ...args, representations: good }, context, info) as unknown[];
      const entities = resolved.values();
      return isGood.map((is) => (is ? entities.next().value : misnamed()));
    },
  };
}

function isReference(representation: unknown, types: GuardedTypes): boolean {
  if (typeof representation !== 'object' || representation === null) return false;
  const { __typename: typeName, id } = representation as Record<string, unknown>;
  if (typeof typeName !== 'string' || !types.isEntity(typeName)) return false;
  // Any other key is its reference resolver's to judge.
  return !types.isKeyedById(typeName) || isKey(id);
}

const isKey = (id: unknown): boolean =>
  typeof id === 'string' && id.length > 0 && id.length <= MAX_ID_LENGTH && isWellFormed(id);

/** Half a surrogate pair is no character, and no engine takes it. */
const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

const misnamed = () =>
  badUserInput('The representation names no entity of this subgraph by its key.', {
    argument: 'representations',
  });
