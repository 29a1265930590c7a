import { mapSchema, MapperKind } from '@graphql-tools/utils';
import {
  defaultFieldResolver,
  getNamedType,
  isNonNullType,
  isObjectType,
  type GraphQLFieldConfig,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

import { withDecideAhead } from '../schema/decided-ahead.js';
import { rejecting, whenOneKnown } from '../services/maybe-promise.js';
import { createAskAhead, type AskAhead } from './ask-ahead.js';
import { fieldGuards } from './field-guards.js';
import type { GuardTerms } from './guard-terms.js';
import { askerOf, isBinding, judge, stopWhereRefused, type Guard } from './guard.js';
import { readGuardedTypes, refusesOperations, type GuardedTypes } from './guarded-types.js';
import { createResultFilter, type Admit, type ResultFilter } from './result-filter.js';

type FieldConfig = GraphQLFieldConfig<unknown, unknown>;
type Resolve = NonNullable<FieldConfig['resolve']>;

/** How the entities are guarded that a gateway asks for by their keys, where not as what any field yields. */
export interface ReferenceGuards {
  /** Of the field `_entities`. */
  ofField(config: FieldConfig, types: GuardedTypes): FieldConfig;
  /** Of a guarded type. */
  ofType(type: GraphQLObjectType, filter: ResultFilter): GraphQLObjectType;
}

/**
 * Enforces `@authorize` on a schema: on fields before they resolve, on types wherever a field yields one. Fields that neither
 * carry nor lead to a guard are left untouched; where guards refuse operations, mutations stop once one is refused.
 *
 * @throws Error where a usage makes no sense
 */
export function enforceGuards(
  schema: GraphQLSchema,
  terms: GuardTerms,
  references?: ReferenceGuards,
): GraphQLSchema {
  const types = readGuardedTypes(schema, terms);
  const filter = createResultFilter(schema, types, terms);
  const askAhead = terms.asksAhead ? createAskAhead(schema, types, terms) : undefined;
  const stopping = refusesOperations(schema) ? schema.getMutationType()?.name : undefined;
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (config: FieldConfig, name, typeName) => {
      if (name === '_entities' && references) return references.ofField(config, types);
      const guarded = failingLater(
        config,
        guardField({ schema, types, filter, askAhead, terms }, config, `${typeName}.${name}`, typeName),
      );
      return typeName === stopping ? stopOnceRefused(guarded, terms) : guarded;
    },
    [MapperKind.OBJECT_TYPE]: (type) =>
      references && types.guardsOf(type.name).length > 0 ? references.ofType(type, filter) : type,
  });
}

interface Enforcement {
  readonly schema: GraphQLSchema;
  readonly types: GuardedTypes;
  readonly filter: ResultFilter;
  readonly askAhead: AskAhead | undefined;
  readonly terms: GuardTerms;
}

function guardField(
  { schema, types, filter, askAhead, terms }: Enforcement,
  config: FieldConfig,
  where: string,
  typeName: string,
): FieldConfig {
  const { ofField, ofItems } = fieldGuards(schema, types, config, typeName, where, terms);
  const named = getNamedType(config.type);
  const filtersResult =
    ofItems.length > 0 ||
    types.leadsToGuarded(named) ||
    (isObjectType(named) && types.carriedBy(named.name).length > 0);
  if (ofField.length === 0 && !filtersResult) return config;

  const resolve = config.resolve ?? defaultFieldResolver;
  const resolveAndFilter = filtersResult
    ? filtered(askingAhead(resolve, askAhead, terms), filter.ofType(config.type, ofItems), ofItems, terms)
    : resolve;
  if (ofField.length === 0) return { ...config, resolve: resolveAndFilter };
  const guarded: FieldConfig = {
    ...config,
    resolve: (source, args: Record<string, unknown>, context, info) => {
      const denial = judge(ofField, { source, args }, terms.guardContextOf(context), info.path);
      return whenOneKnown(denial, (denied) => {
        if (denied !== undefined) throw denied.error;
        return resolveAndFilter(source, args, context, info);
      });
    },
  };
  return typeName === schema.getMutationType()?.name
    ? refuseAhead(guarded, ofField, typeName, terms)
    : guarded;
}

function filtered(
  resolve: Resolve,
  admit: Admit,
  ofItems: readonly Guard[],
  { guardContextOf }: GuardTerms,
): Resolve {
  const decidesOnItems = ofItems.some(isBinding);
  return (source, args, context, info) => {
    const guarding = guardContextOf(context);
    // Whose items cannot be decided on has nothing done for them.
    if (decidesOnItems) askerOf(ofItems, guarding, info.path);
    return admit(resolve(source, args, context, info), guarding, info.path);
  };
}

/** Asks of what a field yields before anything is judged of it. */
function askingAhead(
  resolve: Resolve,
  askAhead: AskAhead | undefined,
  { guardContextOf }: GuardTerms,
): Resolve {
  if (askAhead === undefined) return resolve;
  return (source, args, context, info) =>
    whenOneKnown(resolve(source, args, context, info), (value) => {
      askAhead(value, guardContextOf(context), info);
      return value;
    });
}

/**
 * Makes a throw of a guarded field that cannot be null a rejection: it would make one of the whole item, and graphql-js then drops
 * what is under way of the items before, which would reject unheard.
 */
function failingLater(unguarded: FieldConfig, guarded: FieldConfig): FieldConfig {
  if (guarded === unguarded || !isNonNullType(guarded.type)) return guarded;
  const resolve = guarded.resolve ?? defaultFieldResolver;
  return {
    ...guarded,
    resolve: (source, args, context, info) => rejecting(() => resolve(source, args, context, info)),
  };
}

/** Has the guards of a mutation that refuse operations asked before anything is executed. */
function refuseAhead(
  config: FieldConfig,
  guards: readonly Guard[],
  typename: string,
  { guardContextOf }: GuardTerms,
): FieldConfig {
  const refusing = guards.filter(({ onDenied, dryRun }) => onDenied === 'REJECT' && !dryRun);
  if (refusing.length === 0) return config;
  const extensions = withDecideAhead(config.extensions, async (args, context, key) =>
    judge(refusing, { source: undefined, args }, guardContextOf(context), { prev: undefined, key, typename }),
  );
  return { ...config, extensions };
}

/** What comes after a refusal is not done: nobody would hear of it. */
function stopOnceRefused(config: FieldConfig, { guardContextOf }: GuardTerms): FieldConfig {
  const resolve = config.resolve ?? defaultFieldResolver;
  return {
    ...config,
    resolve: (source, args, context, info) => {
      stopWhereRefused(guardContextOf(context));
      return resolve(source, args, context, info);
    },
  };
}
