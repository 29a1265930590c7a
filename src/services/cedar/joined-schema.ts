import { declaredNamespaces } from './declared-namespaces.js';
import type { CedarEngine } from './engine.js';
import { CedarSchemaError, parseSchema, type CedarSchema } from './schema.js';
import { problemAt, type SourceFile, type SourceGroup } from './policy-sources.js';

/** One schema of those that several folders declare, each its namespaces. */
export interface JoinedSchema {
  readonly schema: CedarSchema;
  /** What a folder's schema declares, by the folder's name. */
  readonly namespacesOf: ReadonlyMap<string, readonly string[]>;
}

/** Schemas that make no one schema, with everything that is wrong with them. */
export class JoinedSchemaError extends Error {
  override readonly name = 'JoinedSchemaError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/**
 * Joins the schemas of folders, one each. They may name one another's types and actions, and no namespace is declared twice.
 *
 * @throws JoinedSchemaError
 * @throws CedarUnavailableError
 */
export function joinSchemas(groups: readonly SourceGroup[], engine: CedarEngine): JoinedSchema {
  const problems = groups.flatMap(({ name, schemas }) =>
    schemas.length === 1
      ? []
      : [`${describe(name)} has ${schemas.length} *.cedarschema files; it must have exactly one.`],
  );
  const sources = groups.flatMap(({ schemas }) => schemas);
  const inJson = sources.filter(({ text }) => text.trimStart().startsWith('{'));
  if (sources.length > 1) {
    for (const source of inJson) {
      problems.push(
        problemAt(source, 0, "a schema beside others must be in Cedar's own syntax, not in JSON"),
      );
    }
  }
  if (problems.length > 0) throw new JoinedSchemaError(problems);
  const namespacesOf = new Map(
    groups.map(({ name, schemas: [source] }): [string, readonly string[]] => [
      name,
      source === undefined ? [] : declaredNamespaces(source.text),
    ]),
  );
  const shared = groups.flatMap((group) => sharedNamespaces(group, namespacesOf));
  try {
    const schema = parseTogether(sources, engine);
    if (shared.length > 0) throw new JoinedSchemaError(shared);
    return { schema, namespacesOf };
  } catch (error) {
    // What one folder declares for all may be what another one's fails by: it is said first.
    if (shared.length === 0 || !(error instanceof JoinedSchemaError)) throw error;
    throw new JoinedSchemaError([...new Set([...shared, ...error.problems])]);
  }
}

/** Why a folder's namespaces are not its own alone: what has none is everybody's, and what is below another's is that one's. */
function sharedNamespaces(
  { name, schemas: [source] }: SourceGroup,
  namespacesOf: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  if (name === '' || source === undefined) return [];
  const own = namespacesOf.get(name) ?? [];
  const others = [...namespacesOf]
    .filter(([group]) => group !== name)
    .flatMap(([, namespaces]) => namespaces);
  const isBelow = (namespace: string) =>
    others.find((other) => other !== '' && namespace.startsWith(`${other}::`));
  return own.flatMap((namespace) => {
    if (namespace === '') return [problemAt(source, 0, 'it must declare everything within a namespace')];
    const other = isBelow(namespace);
    return other === undefined
      ? []
      : [problemAt(source, 0, `the namespace ${namespace} is below ${other}, which is another's`)];
  });
}

const describe = (group: string) => (group === '' ? 'The folder' : `The folder ${group}`);

/** Cedar reads them as one text, so that a fault's place is its place in one of them. */
function parseTogether(sources: readonly SourceFile[], engine: CedarEngine): CedarSchema {
  try {
    return parseSchema(sources.map(({ text }) => text).join('\n'), engine);
  } catch (error) {
    if (!(error instanceof CedarSchemaError)) throw error;
    let offset = error.offset ?? 0;
    for (const source of sources) {
      if (offset <= source.text.length)
        throw new JoinedSchemaError([problemAt(source, offset, error.message)]);
      offset -= source.text.length + 1;
    }
    throw error;
  }
}
