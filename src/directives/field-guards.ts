import {
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  isObjectType,
  type GraphQLFieldConfig,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';

import type { AuthorizeUsage } from './authorize.directive.js';
import type { GuardTerms } from './guard-terms.js';
import { makeGuard, type Guard } from './guard.js';
import { authorizeUsages, type GuardedTypes } from './guarded-types.js';
import { isAboutItems, itemLocator, resourceLocator, type ListItem } from './resource-locator.js';

/** The guards of a field, by when they can be asked. */
export interface FieldGuards {
  /** Before the field is resolved. */
  readonly ofField: readonly Guard[];
  /** For each item of the list that it yields. */
  readonly ofItems: readonly Guard[];
}

/**
 * Reads the guards of a field.
 *
 * @throws Error where a usage makes no sense for it, so that the service does not start.
 */
export function fieldGuards(
  schema: GraphQLSchema,
  types: GuardedTypes,
  config: GraphQLFieldConfig<unknown, never>,
  typeName: string,
  where: string,
  terms: GuardTerms,
): FieldGuards {
  const usages = authorizeUsages(schema, config);
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const isRoot = roots.some((root) => root?.name === typeName);
  const owner = { typeName, isEntity: types.isEntity(typeName), isRoot };
  const item = itemOf(config.type);
  for (const usage of usages) refuseNonsense(usage, where);
  return {
    ofField: usages
      .filter((usage) => !isAboutItems(usage))
      .map((usage) => {
        const locate = resourceLocator(usage, owner, where, terms);
        return makeGuard(usage, { where, locate, isOfValue: false, terms });
      }),
    ofItems: usages.filter(isAboutItems).map((usage) => {
      const locate = itemLocator(usage, item, where, terms);
      return makeGuard(usage, { where, locate, isOfValue: true, terms });
    }),
  };
}

function refuseNonsense(usage: AuthorizeUsage, where: string): void {
  const onDenied = usage.onDenied ?? 'NULL';
  if (onDenied === 'FILTER' && !isAboutItems(usage)) {
    throw new Error(`${where}: @authorize filters by each item, and ${usage.resource} is the same for all.`);
  }
  if (onDenied === 'NULL' && isAboutItems(usage)) {
    throw new Error(`${where}: @authorize decides on items where onDenied is FILTER or REJECT.`);
  }
}

/** What a list holds, at the bottom of lists of lists; undefined where a type is no list. */
function itemOf(type: GraphQLOutputType): ListItem | undefined {
  if (!isListType(getNullableType(type))) return undefined;
  const named = getNamedType(type);
  return { typeName: isObjectType(named) ? named.name : undefined, isScalar: isLeafType(named) };
}
