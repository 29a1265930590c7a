import { mapSchema, MapperKind } from '@graphql-tools/utils';
import { defaultFieldResolver, type GraphQLFieldConfig, type GraphQLSchema } from 'graphql';

import { enforceGuards } from '../directives/enforce-guards.js';
import type { TrialDenial } from '../directives/guard-context.js';
import { guardsOnTrial } from '../directives/guarded-types.js';
import type { GuardTerms } from '../directives/guard-terms.js';
import { APPLICATION } from '../services/authorization/names.js';
import type { EntityUid } from '../services/authorization/question.js';
import { isTypeName } from '../services/cedar/values.js';
import { makeError } from './authorization-error.js';
import { forgetDecisions, guardsFor, type GuardsOptions } from './guards.js';
import { refuseUnknown } from './refuse-unknown.js';
import { requireFound } from './require-found.js';
import { describeResources, type Resources } from './resources.js';

export interface EnforceAuthorizeOptions<Context = unknown> {
  /** The Cedar namespace of the subgraph's own types and actions, such as `Documents`. */
  readonly namespace: string;
  /** What the policies are told of the subgraph's entities, by the names of their types. */
  readonly resources?: Resources<Context>;
  /** The resource of guards on root fields that name none: Portcullis itself, unless told otherwise. */
  readonly application?: EntityUid;
  /** Told what a guard with `dryRun: true` would have denied. It takes one where there are such guards. */
  readonly onDryRun?: (denial: TrialDenial) => void;
}

type FieldConfig = GraphQLFieldConfig<unknown, unknown>;

/**
 * Enforces `@authorize` on the schema of a subgraph. Each request's context needs its decisions, as `authorization`.
 *
 * @throws Error where a guard makes no sense, would not be asked, or says what the specification does not
 */
export function enforceAuthorize<Context = unknown>(
  schema: GraphQLSchema,
  { namespace, resources = {}, application = APPLICATION, onDryRun }: EnforceAuthorizeOptions<Context>,
): GraphQLSchema {
  if (!isTypeName(namespace)) throw new Error(`${JSON.stringify(namespace)} is no Cedar namespace.`);
  const qualifyType = (type: string) => (type.includes('::') ? type : `${namespace}::${type}`);
  refuseUnknown(schema);
  requireFound(schema, Object.keys(resources));
  const onTrial = guardsOnTrial(schema);
  if (onTrial.length > 0 && onDryRun === undefined) {
    throw new Error(`Nobody is told of the guards on trial: give enforceAuthorize an onDryRun.`);
  }
  const options: GuardsOptions = { namespace, onDryRun: onDryRun ?? (() => {}) };
  const descriptions = describeResources(resources, qualifyType);
  const terms: GuardTerms = {
    qualifyType,
    application,
    asksAhead: true,
    makeError,
    descriptionOf: (type) => descriptions.get(type),
    guardContextOf: (resolverContext) => guardsFor(resolverContext, options),
  };
  return enforceGuards(forgetting(schema), terms);
}

/** What a mutation has changed decides what comes after it; and each event of a subscription is a time of its own. */
const forgetting = (schema: GraphQLSchema): GraphQLSchema =>
  mapSchema(schema, {
    [MapperKind.MUTATION_ROOT_FIELD]: (config: FieldConfig): FieldConfig => {
      const resolve = config.resolve ?? defaultFieldResolver;
      return {
        ...config,
        resolve: async (source, args, context, info) => {
          try {
            return await resolve(source, args, context, info);
          } finally {
            forgetDecisions(context);
          }
        },
      };
    },
    [MapperKind.SUBSCRIPTION_ROOT_FIELD]: (config: FieldConfig): FieldConfig => {
      const resolve = config.resolve ?? defaultFieldResolver;
      return {
        ...config,
        resolve: (source, args, context, info) => {
          forgetDecisions(context);
          return resolve(source, args, context, info);
        },
      };
    },
  });
