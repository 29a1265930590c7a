import { mapSchema, MapperKind } from '@graphql-tools/utils';
import type { GraphQLFieldConfig, GraphQLSchema } from 'graphql';

import type { Config } from '../../src/config.js';
import { enforceAuthorize } from '../../src/directives/authorize.transformer.js';
import { enforceRateLimit } from '../../src/directives/rate-limit.transformer.js';
import { subgraphParts } from '../../src/resolvers/index.js';
import { buildUnguardedSchema } from '../../src/schema/build-schema.js';
import { quickenInputs } from '../../src/schema/quick-inputs.js';

type Limits = Pick<Config, 'rateLimits'>;

/** The service's schema, guarded and limited as it is there. */
export const guardedSchema = ({ rateLimits }: Limits): GraphQLSchema =>
  quickenInputs(enforceRateLimit(enforceAuthorize(buildUnguardedSchema(subgraphParts).schema), rateLimits));

/** The same but for the guards: no decision is asked for. */
export const unguardedSchema = ({ rateLimits }: Limits): GraphQLSchema =>
  quickenInputs(enforceRateLimit(buildUnguardedSchema(subgraphParts).schema, rateLimits));

/** The same with `decisions` that are made up: what is left is what it costs to be asked and to answer. */
export const undecidedSchema = (limits: Limits): GraphQLSchema =>
  quickenInputs(
    mapSchema(guardedSchema(limits), {
      [MapperKind.QUERY_ROOT_FIELD]: (field: GraphQLFieldConfig<unknown, unknown>, name) =>
        name === 'decisions' ? { ...field, resolve: madeUp } : field,
    }),
  );

const madeUp = (_source: unknown, { checks }: { checks?: readonly unknown[] }) =>
  checks?.map(() => ({ allowed: true, reason: 'PERMITTED' }));
