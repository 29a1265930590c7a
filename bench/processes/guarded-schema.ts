import type { GraphQLSchema } from 'graphql';

import type { Config } from '../../src/config.js';
import { enforceAuthorize } from '../../src/directives/authorize.transformer.js';
import { enforceRateLimit } from '../../src/directives/rate-limit.transformer.js';
import { subgraphParts } from '../../src/resolvers/index.js';
import { buildUnguardedSchema } from '../../src/schema/build-schema.js';

/** The service's schema, guarded as it is there. */
export const guardedSchema = ({ rateLimits }: Pick<Config, 'rateLimits'>): GraphQLSchema =>
  enforceRateLimit(enforceAuthorize(buildUnguardedSchema(subgraphParts).schema), rateLimits);
