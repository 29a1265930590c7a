/** A schema that unfolds to more than this is refused. */
const MAX_SIZE = 100_000;

/** JSON levels, through common types, below which a schema is refused. */
const MAX_DEPTH = 400;

type Json = Readonly<Record<string, unknown>>;

/**
 * Would this schema, in JSON, unfold to more than the engine can bear? Cedar puts the definition of a common type wherever
 * its name stands, so forty types that each name the next one twice take it 2^40 steps, during which it answers nobody.
 * Takes any JSON that is not nested deeper than the stack, and looks at each common type once.
 */
export function unfoldsTooFar(schema: unknown): boolean {
  const commonTypes = collectCommonTypes(schema);
  const sizes = new Map<string, number>();

  const sizeOfNamed = (name: string, namespace: string, depth: number): number => {
    const key = [`${namespace}::${name}`, `::${name}`].find((candidate) => commonTypes.has(candidate));
    if (key === undefined) return 1;
    const known = sizes.get(key);
    if (known !== undefined) return known;
    // A type that contains itself is Cedar's to refuse; here it must only come to an end.
    sizes.set(key, 1);
    const { namespace: home, definition } = commonTypes.get(key) ?? { namespace: '', definition: {} };
    const size = sizeOf(definition, home, depth + 1);
    sizes.set(key, size);
    return size;
  };

  const sizeOf = (value: unknown, namespace: string, depth: number): number => {
    if (depth > MAX_DEPTH) return Infinity;
    if (typeof value === 'string') return sizeOfNamed(value, namespace, depth);
    if (typeof value !== 'object' || value === null) return 1;
    return Object.values(value).reduce<number>((sum, child) => sum + sizeOf(child, namespace, depth + 1), 1);
  };

  const namespaces = Object.entries(isRecord(schema) ? schema : {});
  const size = namespaces.reduce((sum, [namespace, definition]) => sum + sizeOf(definition, namespace, 0), 0);
  return size > MAX_SIZE;
}

/** Common types by namespace and name, and under `::` and their full name, as other namespaces call them. */
function collectCommonTypes(schema: unknown) {
  const found = new Map<string, { namespace: string; definition: unknown }>();
  for (const [namespace, definition] of Object.entries(isRecord(schema) ? schema : {})) {
    const declared = isRecord(definition) ? definition['commonTypes'] : undefined;
    for (const [name, type] of Object.entries(isRecord(declared) ? declared : {})) {
      const entry = { namespace, definition: type };
      found.set(`${namespace}::${name}`, entry);
      if (namespace !== '') found.set(`::${namespace}::${name}`, entry);
    }
  }
  return found;
}

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
