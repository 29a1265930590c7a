import { getDirective, mapSchema, MapperKind } from '@graphql-tools/utils';
import { defaultFieldResolver, type GraphQLFieldConfig, type GraphQLSchema } from 'graphql';

import { readWindow } from '../services/rate-limiting/limits.js';
import type { WindowLimit } from '../services/rate-limiting/sliding-window.js';
import { namesAccount } from './limit-subject.js';
import type { RateLimitUsage } from './rate-limit.directive.js';
import { createFieldLimiter, type FieldLimit, type RateLimitContext } from './rate-limiter.js';

/** What is enforced of the limits that are configured, by name; null where nothing is. Others hold as the schema has them. */
export type ConfiguredLimits = Readonly<Record<string, WindowLimit | null>>;

type FieldConfig = GraphQLFieldConfig<unknown, RateLimitContext>;

/**
 * Enforces `@rateLimit` on a schema, before whatever else its fields do: it goes over the guards. The limits of a field are
 * asked one after the other, in the order written, so that a call that is refused by one does not count for the next. What
 * changes something waits until it can be counted; what reads goes on without.
 *
 * @throws Error where a usage makes no sense, so that the service does not start.
 */
export function enforceRateLimit(schema: GraphQLSchema, configured: ConfiguredLimits = {}): GraphQLSchema {
  const reads = schema.getQueryType()?.name;
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (config: FieldConfig, fieldName, typeName) => {
      const usages = (getDirective(schema, config, 'rateLimit') ??
        []) as unknown as readonly RateLimitUsage[];
      const limiters = usages
        .flatMap((usage) => fieldLimits(usage, config, fieldName, configured))
        .map((limit) => createFieldLimiter({ ...limit, isOpen: typeName === reads }));
      if (limiters.length === 0) return config;
      const resolve = config.resolve ?? defaultFieldResolver;
      return {
        ...config,
        resolve: async (source, args: Record<string, unknown>, context: RateLimitContext, info) => {
          for (const limiter of limiters) await limiter(args, context, info);
          return resolve(source, args, context, info);
        },
      };
    },
  });
}

/** One, or none where it is switched off. */
function fieldLimits(
  { max, window, by, group }: RateLimitUsage,
  { args = {} }: FieldConfig,
  fieldName: string,
  configured: ConfiguredLimits,
): readonly Omit<FieldLimit, 'isOpen'>[] {
  const name = `${group ?? fieldName}.${by.toLowerCase()}`;
  const windowMs = readWindow(window);
  if (windowMs === undefined || max < 1) {
    throw new Error(`${fieldName}: @rateLimit cannot admit ${max} within ${JSON.stringify(window)}.`);
  }
  if (by === 'ACCOUNT' && !namesAccount(args)) {
    throw new Error(`${fieldName}: @rateLimit finds no account in its arguments.`);
  }
  const limit = Object.hasOwn(configured, name) ? configured[name] : { max, windowMs };
  return limit ? [{ name, by, limit }] : [];
}
