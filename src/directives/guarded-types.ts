import { getDirective, getDirectives } from '@graphql-tools/utils';
import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isNonNullType,
  isListType,
  isObjectType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';

import type { AuthorizeUsage } from './authorize.directive.js';
import type { GuardTerms } from './guard-terms.js';
import { makeGuard, type Guard } from './guard.js';
import { resourceLocator } from './resource-locator.js';

/** What the directives on a schema come to, worked out once when it is built. */
export interface GuardedTypes {
  /** The guards on a type itself; empty where it has none. */
  guardsOf(typeName: string): readonly Guard[];
  isEntity(typeName: string): boolean;
  /** Does `id`, and nothing else, name an entity of this type? */
  isKeyedById(typeName: string): boolean;
  /** Can a value of this type be, or be at run time, an object whose type is guarded? */
  leadsToGuarded(type: GraphQLNamedType): boolean;
  /**
   * Names of the non-null fields through which an object carries one guarded object, as an edge
   * carries its node. Where that one is denied, the carrier must go with it.
   */
  carriedBy(typeName: string): readonly string[];
}

/** The uses of `@authorize` on a type or field, in the order written. */
export function authorizeUsages(schema: GraphQLSchema, node: object): readonly AuthorizeUsage[] {
  return (getDirective(schema, node, 'authorize') ?? []) as unknown as readonly AuthorizeUsage[];
}

/**
 * Reads the directives of a schema.
 *
 * @throws Error naming every place whose guard would not be asked, and where a guard on a type makes no sense.
 */
export function readGuardedTypes(schema: GraphQLSchema, terms: GuardTerms): GuardedTypes {
  const objects = objectTypes(schema);
  const entities = new Set(
    objects
      .filter((type) => isKeyed(schema, type) || terms.descriptionOf(terms.qualifyType(type.name)))
      .map(({ name }) => name),
  );
  const keyedById = new Set(
    objects
      .filter((type) => isKeyed(schema, type) && keysOf(schema, type).every((fields) => fields === 'id'))
      .map(({ name }) => name),
  );
  const idle = idleUsages(schema);
  if (idle.length > 0) throw new Error(`@authorize guards nothing here:\n${idle.join('\n')}`);

  const guards = new Map(
    objects.map((type) => {
      const { name } = type;
      const owner = { typeName: name, isEntity: entities.has(name), isRoot: false };
      const usages = authorizeUsages(schema, type);
      return [
        name,
        usages.map((usage) => {
          const locate = resourceLocator(usage, owner, name, terms);
          return makeGuard(usage, { where: name, locate, isOfValue: true, terms });
        }),
      ];
    }),
  );
  const guardsOf = (typeName: string) => guards.get(typeName) ?? [];
  const leadsToGuarded = (type: GraphQLNamedType): boolean =>
    isAbstractType(type)
      ? schema.getPossibleTypes(type).some((possible) => guardsOf(possible.name).length > 0)
      : guardsOf(type.name).length > 0;

  const carries = (field: GraphQLField<unknown, unknown>): boolean =>
    isNonNullType(field.type) && !isListType(field.type.ofType) && leadsToGuarded(getNamedType(field.type));
  const carried = new Map(
    objects.map((type) => [
      type.name,
      Object.values(type.getFields())
        .filter(carries)
        .map((field) => field.name),
    ]),
  );

  return {
    guardsOf,
    isEntity: (typeName) => entities.has(typeName),
    isKeyedById: (typeName) => keyedById.has(typeName),
    leadsToGuarded,
    carriedBy: (typeName) => carried.get(typeName) ?? [],
  };
}

/**
 * Holds a schema to saying of each entity who may read it.
 *
 * @throws Error naming every entity type that has neither `@authorize` nor `@public`, or both
 */
export function requireEntitiesGuarded(schema: GraphQLSchema): void {
  const faults = objectTypes(schema).flatMap((type) => {
    if (!isKeyed(schema, type)) return [];
    const names = directiveNames(schema, type);
    const guarded = names.includes('authorize');
    if (guarded !== names.includes('public')) return [];
    return guarded
      ? [`${type.name} is both @authorize and @public.`]
      : [`${type.name} is an entity with neither @authorize nor @public.`];
  });
  if (faults.length > 0) throw new Error(`The schema does not say who may read it:\n${faults.join('\n')}`);
}

const objectTypes = (schema: GraphQLSchema): readonly GraphQLObjectType[] =>
  Object.values(schema.getTypeMap()).filter(
    (type): type is GraphQLObjectType => isObjectType(type) && !type.name.startsWith('__'),
  );

const directiveNames = (schema: GraphQLSchema, type: GraphQLObjectType): readonly string[] =>
  getDirectives(schema, type).map(({ name }) => name);

/** The fields of each of its keys. */
const keysOf = (schema: GraphQLSchema, type: GraphQLObjectType): readonly unknown[] =>
  getDirectives(schema, type)
    .filter(({ name }) => name === 'key' || name === 'federation__key')
    .map(({ args }): unknown => args?.fields);

/** Is it an entity of federation? */
const isKeyed = (schema: GraphQLSchema, type: GraphQLObjectType): boolean => keysOf(schema, type).length > 0;

/** Where `@authorize` is written and nothing would enforce it, and what to do instead. */
function idleUsages(schema: GraphQLSchema): readonly string[] {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const isUsed = (node: object) => authorizeUsages(schema, node).length > 0;
  return Object.values(schema.getTypeMap()).flatMap((type) => {
    if (roots.some((root) => root === type)) {
      return isUsed(type) ? [`${type.name} is a root type: guard its fields.`] : [];
    }
    if (isObjectType(type)) return [];
    const fields = isInterfaceType(type) ? Object.values(type.getFields()).filter(isUsed) : [];
    return [
      ...(isUsed(type) ? [`${type.name} is no object type: guard the object types that it can be.`] : []),
      ...fields.map(
        ({ name }) => `${type.name}.${name} is a field of an interface: guard it on the object types.`,
      ),
    ];
  });
}

/** Where the guards on trial are, and what they ask: `Type.field (action)`. */
export const guardsOnTrial = (schema: GraphQLSchema): readonly string[] =>
  allUsages(schema)
    .filter(({ usage }) => usage.dryRun)
    .map(({ where, usage }) => `${where} (${usage.action})`);

/** Is there a guard that refuses whole operations? */
export const refusesOperations = (schema: GraphQLSchema): boolean =>
  allUsages(schema).some(({ usage }) => usage.onDenied === 'REJECT' && !usage.dryRun);

/** A use of `@authorize` on an object type or one of its fields. */
export interface PlacedUsage {
  /** `Type.field`, or the type's name. */
  readonly where: string;
  readonly typeName: string;
  /** The names of the field's arguments. */
  readonly argumentNames: readonly string[];
  readonly usage: AuthorizeUsage;
}

/** All that a schema has, but for those that guard nothing. */
export function allUsages(schema: GraphQLSchema): readonly PlacedUsage[] {
  return objectTypes(schema).flatMap((type) => {
    const { name: typeName } = type;
    return [
      ...authorizeUsages(schema, type).map((usage) => ({
        where: typeName,
        typeName,
        argumentNames: [],
        usage,
      })),
      ...Object.values(type.getFields()).flatMap((field) => {
        const where = `${typeName}.${field.name}`;
        const argumentNames = field.args.map(({ name }) => name);
        return authorizeUsages(schema, field).map((usage) => ({ where, typeName, argumentNames, usage }));
      }),
    ];
  });
}
