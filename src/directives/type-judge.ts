import type { GraphQLObjectTypeExtensions, GraphQLSchema } from 'graphql';

import type { MaybePromise } from '../services/maybe-promise.js';
import type { GuardContext, Path } from './guard-context.js';
import type { Denial } from './guard.js';

/** Holds an object against the guards of its type; undefined where the viewer may see it, which then is not asked again. */
export type TypeJudge = (
  value: object,
  context: GuardContext,
  path: Path,
) => MaybePromise<Denial | undefined>;

const NAME = 'portcullisJudge';

export const withTypeJudge = (
  extensions: Readonly<GraphQLObjectTypeExtensions> | null | undefined,
  judge: TypeJudge,
) => ({ ...extensions, [NAME]: judge });

/** For resolvers that have to know what will be left out of their answer; undefined for a type without a guard. */
export const judgeOfType = (schema: GraphQLSchema, typeName: string): TypeJudge | undefined =>
  schema.getType(typeName)?.extensions[NAME] as TypeJudge | undefined;
