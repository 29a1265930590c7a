import type { SchemaJson, Type } from '@cedar-policy/cedar-wasm/nodejs';

/** A type of a Cedar schema with every name resolved and every common type replaced by what it stands for. */
export type CedarType =
  | { readonly kind: 'Long' | 'String' | 'Bool' }
  | { readonly kind: 'Set'; readonly element: CedarType }
  | { readonly kind: 'Record'; readonly attributes: CedarAttributes }
  | { readonly kind: 'Entity'; readonly type: string }
  | { readonly kind: 'Extension'; readonly name: 'ipaddr' | 'decimal' | 'datetime' | 'duration' };

export type CedarAttributes = Readonly<Record<string, CedarAttribute>>;

export interface CedarAttribute {
  readonly type: CedarType;
  readonly required: boolean;
}

/** More than anyone writes, less than the stack holds. */
const MAX_DEPTH = 200;

const PRIMITIVES: Readonly<Record<string, CedarType>> = {
  Long: { kind: 'Long' },
  String: { kind: 'String' },
  Bool: { kind: 'Bool' },
  Boolean: { kind: 'Bool' },
  ipaddr: { kind: 'Extension', name: 'ipaddr' },
  decimal: { kind: 'Extension', name: 'decimal' },
  datetime: { kind: 'Extension', name: 'datetime' },
  duration: { kind: 'Extension', name: 'duration' },
};

export interface TypeResolver {
  resolve(type: Type<string>): CedarType;
  /** The attributes of a record type; none where there is no type. */
  attributes(type: Type<string> | undefined): CedarAttributes;
}

/**
 * Reads the types of a schema whose names cedar-wasm has resolved (`schemaToJsonWithResolvedTypes`). Each common type is
 * read once and shared, so that types built on each other do not multiply.
 */
export function createTypeResolver(schema: SchemaJson<string>): TypeResolver {
  const commonTypes = new Map<string, Type<string>>();
  for (const [namespace, { commonTypes: declared = {} }] of Object.entries(schema)) {
    const prefix = namespace === '' ? '' : `${namespace}::`;
    for (const [name, type] of Object.entries(declared)) commonTypes.set(`${prefix}${name}`, type);
  }
  const resolved = new Map<string, CedarType>();

  const resolveNamed = (name: string, depth: number): CedarType => {
    const known = resolved.get(name);
    if (known !== undefined) return known;
    const common = commonTypes.get(name);
    const type = common === undefined ? primitiveNamed(name) : resolve(common, depth + 1);
    resolved.set(name, type);
    return type;
  };

  const resolveAttributes = (declared: Record<string, Type<string>>, depth: number): CedarAttributes =>
    Object.fromEntries(
      Object.entries(declared).map(([name, attribute]) => [
        name,
        {
          type: resolve(attribute, depth + 1),
          required: !('required' in attribute && attribute.required === false),
        },
      ]),
    );

  const resolve = (type: Type<string>, depth: number): CedarType => {
    if (depth > MAX_DEPTH) throw new RangeError('The types of the schema are nested too deeply.');
    if (type.type === 'Set' && 'element' in type) {
      return { kind: 'Set', element: resolve(type.element, depth + 1) };
    }
    if (type.type === 'Record' && 'attributes' in type) {
      return { kind: 'Record', attributes: resolveAttributes(type.attributes, depth) };
    }
    if (type.type === 'Entity' && 'name' in type) return { kind: 'Entity', type: type.name };
    if ('name' in type) return resolveNamed(type.name, depth);
    return resolveNamed(type.type, depth);
  };

  return {
    resolve: (type) => resolve(type, 0),
    attributes(type) {
      if (type === undefined) return {};
      const record = resolve(type, 0);
      return record.kind === 'Record' ? record.attributes : {};
    },
  };
}

function primitiveNamed(name: string): CedarType {
  const type = PRIMITIVES[name.replace(/^__cedar::/, '')];
  if (type === undefined) throw new TypeError(`The schema uses the type ${name} without declaring it.`);
  return type;
}
