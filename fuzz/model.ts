import { parseSchema, type CedarSchema } from '../src/services/cedar/schema.js';

/** What values an attribute has. */
export type Kind =
  | 'Long'
  | 'String'
  | 'Boolean'
  | 'ipaddr'
  | 'decimal'
  | { readonly entity: string }
  | { readonly set: Kind }
  | { readonly record: Attributes };

export interface Attribute {
  readonly kind: Kind;
  readonly optional?: boolean;
}

export type Attributes = Readonly<Record<string, Attribute>>;

export interface TypeModel {
  /** Types of its parents, without their namespace. */
  readonly parents: readonly string[];
  readonly attributes: Attributes;
  /** Whether it has tags, which are strings. */
  readonly tagged?: boolean;
}

export interface ActionModel {
  readonly groups: readonly string[];
  /** None for a group. */
  readonly principals: readonly string[];
  readonly resources: readonly string[];
  readonly context: Attributes;
}

/** A Cedar schema, in a form that values and policies are easily made from. */
export interface Model {
  /** Empty for none. */
  readonly namespace: string;
  readonly types: Readonly<Record<string, TypeModel>>;
  readonly actions: Readonly<Record<string, ActionModel>>;
}

const entity = (type: string, optional = false): Attribute => ({ kind: { entity: type }, optional });
const optional = (kind: Kind): Attribute => ({ kind, optional: true });
const NO_CONTEXT: Attributes = {};

/** People in groups, who know each other. */
const PEOPLE: Model = {
  namespace: 'N',
  types: {
    G: { parents: ['G'], attributes: {} },
    U: { parents: ['G'], attributes: { level: { kind: 'Long' }, best: entity('U', true) }, tagged: true },
    R: { parents: ['G'], attributes: { owner: entity('U', true) } },
  },
  actions: {
    every: { groups: [], principals: [], resources: [], context: NO_CONTEXT },
    reads: { groups: ['every'], principals: [], resources: [], context: NO_CONTEXT },
    view: {
      groups: ['reads'],
      principals: ['U'],
      resources: ['R', 'U'],
      context: { who: entity('U', true), whom: entity('U', true), n: { kind: 'Long', optional: true } },
    },
    edit: {
      groups: ['every'],
      principals: ['U'],
      resources: ['R', 'U'],
      context: { who: entity('U', true), whom: entity('U', true), n: { kind: 'Long', optional: true } },
    },
  },
};

/** Documents in folders; the service says how their readers got in. */
export const DOCUMENTS: Model = {
  namespace: 'Docs::V1',
  types: {
    Team: { parents: ['Team'], attributes: { floor: { kind: 'Long', optional: true } } },
    Person: {
      parents: ['Team'],
      attributes: {
        suspended: { kind: 'Boolean' },
        limit: { kind: 'decimal', optional: true },
        address: {
          kind: { record: { city: { kind: 'String' }, lead: entity('Person', true) } },
          optional: true,
        },
      },
    },
    Folder: { parents: ['Folder'], attributes: { owner: entity('Person') } },
    Document: {
      parents: ['Folder'],
      attributes: {
        labels: { kind: { set: 'String' } },
        readers: { kind: { set: { entity: 'Person' } }, optional: true },
        size: { kind: 'Long' },
      },
    },
  },
  actions: {
    use: { groups: [], principals: [], resources: [], context: NO_CONTEXT },
    read: {
      groups: ['use'],
      principals: ['Person'],
      resources: ['Document', 'Folder'],
      context: {
        ip: { kind: 'ipaddr', optional: true },
        mfaAuthenticated: { kind: 'Boolean', optional: true },
        device: { kind: { record: { trusted: { kind: 'Boolean' } } }, optional: true },
      },
    },
    write: {
      groups: ['use'],
      principals: ['Person', 'Team'],
      resources: ['Document'],
      context: {
        scopes: { kind: { set: 'String' }, optional: true },
        amount: { kind: 'decimal', optional: true },
      },
    },
  },
};

/** Without a namespace, and with names that JavaScript has a use for. */
const NAMELESS: Model = {
  namespace: '',
  types: {
    constructor: { parents: [], attributes: { toString: optional('String') } },
    A: {
      parents: ['constructor'],
      attributes: {
        hasOwnProperty: optional('Boolean'),
        a: optional('Long'),
      },
      tagged: true,
    },
  },
  actions: {
    valueOf: {
      groups: [],
      principals: ['A'],
      resources: ['A', 'constructor'],
      context: { length: optional('Long'), constructor: optional('String') },
    },
  },
};

export const MODELS: readonly Model[] = [PEOPLE, DOCUMENTS, NAMELESS];

export const qualified = ({ namespace }: Model, type: string): string =>
  namespace === '' ? type : `${namespace}::${type}`;

/** The schema in Cedar's JSON form. */
export function schemaText(model: Model): string {
  const { namespace, types, actions } = model;
  const entityTypes = mapValues(types, ({ parents, attributes, tagged }) => ({
    memberOfTypes: parents,
    shape: recordType(attributes),
    ...(tagged && { tags: { type: 'String' } }),
  }));
  const actionTypes = mapValues(actions, ({ groups, principals, resources, context }) => ({
    memberOf: groups.map((id) => ({ id })),
    ...(principals.length > 0 && {
      appliesTo: { principalTypes: principals, resourceTypes: resources, context: recordType(context) },
    }),
  }));
  return JSON.stringify({ [namespace]: { entityTypes, actions: actionTypes } });
}

export const schemaOf = (model: Model): CedarSchema => parseSchema(schemaText(model));

const mapValues = <From, To>(
  record: Readonly<Record<string, From>>,
  make: (value: From) => To,
): Record<string, To> => Object.fromEntries(Object.entries(record).map(([key, value]) => [key, make(value)]));

const recordType = (attributes: Attributes) => ({
  type: 'Record',
  attributes: mapValues(attributes, ({ kind, optional }) => ({ ...typeOf(kind), required: !optional })),
});

function typeOf(kind: Kind): object {
  if (kind === 'ipaddr' || kind === 'decimal') return { type: 'Extension', name: kind };
  if (typeof kind === 'string') return { type: kind };
  if ('entity' in kind) return { type: 'Entity', name: kind.entity };
  if ('set' in kind) return { type: 'Set', element: typeOf(kind.set) };
  return recordType(kind.record);
}
