import { beyond } from './confinement.js';
import { cedarEngine, type CedarEngine } from './engine.js';
import { joinSchemas, JoinedSchemaError, type JoinedSchema } from './joined-schema.js';
import { unknownGrounds } from './policy-grounds.js';
import {
  positionIn,
  problemAt,
  readPolicySources,
  type SourceFile,
  type SourceGroup,
} from './policy-sources.js';
import { parseStatement, type PolicyIssue } from './policy-statement.js';
import { validatePolicies } from './policy-validation.js';
import type { CedarSchema } from './schema.js';
import { splitStatements } from './statement-tokens.js';

/** A policy as its file has it. */
export interface FilePolicy {
  /** From `@id`. */
  readonly id: string;
  /** From `@description`. */
  readonly description: string;
  /** From its first annotation to its semicolon. */
  readonly statement: string;
  readonly annotations: Readonly<Record<string, string>>;
  /** The file's name from the folder on. */
  readonly file: string;
  /** Where the policy begins, counted from 1. */
  readonly line: number;
}

export interface PolicyFolder {
  readonly schema: CedarSchema;
  readonly policies: readonly FilePolicy[];
  /** What the validator finds odd, such as a policy that can never apply; one line each, like problems. */
  readonly warnings: readonly string[];
}

/** A folder whose schema or policies are wrong, with everything that is: `file:line:column: message` each. */
export class PolicyFilesError extends Error {
  override readonly name = 'PolicyFilesError';

  constructor(readonly problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** A policy whose annotations have yet to be judged. */
interface Draft {
  readonly key: string;
  readonly statement: string;
  readonly source: SourceFile;
  readonly start: number;
  readonly annotations: Readonly<Record<string, string>>;
}

const ID = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/**
 * Reads a folder of one `*.cedarschema` and any number of `*.cedar` files, in the order of their names, and validates them
 * in Cedar's STRICT mode. A folder in it, with a schema and policies of its own, is that of another namespace: its policies decide
 * about that alone. No policy rests on what is unknown when it is decided; every one carries a unique `@id` in kebab-case and a
 * `@description`.
 * @throws PolicyFilesError with every fault found
 * @throws CedarUnavailableError
 */
export async function readPolicyFolder(
  folder: string,
  engine: CedarEngine = cedarEngine,
): Promise<PolicyFolder> {
  const groups = await sourcesIn(folder);
  const { schema, namespacesOf } = joinedSchemaOf(groups, engine);

  const problems: string[] = groups.flatMap(({ unread }) =>
    unread.map(
      (name) => `${name}: it is not read: files end in .cedar or .cedarschema, one folder below at most`,
    ),
  );
  const drafts = groups.flatMap(({ name, policies: sources }) => {
    const namespaces = name === '' ? undefined : namespacesOf.get(name);
    return sources.flatMap((source) => readDrafts(source, namespaces, problems, engine));
  });
  const policies = drafts.flatMap((draft) => judgeAnnotations(draft, problems));
  problems.push(...duplicates(policies));

  const validation = validatePolicies(
    drafts.map(({ key, statement }) => ({ id: key, statement })),
    schema,
    engine,
  );
  const byKey = new Map(drafts.map((draft) => [draft.key, draft]));
  const locate = (issue: PolicyIssue): string => {
    const draft = byKey.get(issue.policyId);
    return draft === undefined
      ? issue.message
      : problemAt(draft.source, draft.start + (issue.offset ?? 0), issue.message);
  };
  problems.push(...validation.errors.map(locate));
  if (problems.length > 0) throw new PolicyFilesError(problems);
  return { schema, policies, warnings: validation.warnings.map(locate) };
}

async function sourcesIn(folder: string): Promise<readonly SourceGroup[]> {
  try {
    return await readPolicySources(folder);
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new PolicyFilesError([`The folder ${folder} cannot be read: ${why}.`]);
  }
}

function joinedSchemaOf(groups: readonly SourceGroup[], engine: CedarEngine): JoinedSchema {
  try {
    return joinSchemas(groups, engine);
  } catch (error) {
    throw error instanceof JoinedSchemaError ? new PolicyFilesError(error.problems) : error;
  }
}

/** @param namespaces what its policies may decide about; everything when left out */
function readDrafts(
  source: SourceFile,
  namespaces: readonly string[] | undefined,
  problems: string[],
  engine: CedarEngine,
): Draft[] {
  return splitStatements(source.text).flatMap(({ text: statement, start }): Draft[] => {
    const key = `${source.name}:${start}`;
    const parsed = parseStatement({ id: key, statement }, engine);
    if (!parsed.ok) {
      problems.push(problemAt(source, start + (parsed.issue.offset ?? 0), parsed.issue.message));
      return [];
    }
    const faults = [unknownGrounds(parsed.json), namespaces && beyond(namespaces, parsed.json)];
    problems.push(...faults.flatMap((fault) => (fault ? [problemAt(source, start, fault)] : [])));
    return [{ key, statement, source, start, annotations: parsed.json.annotations ?? {} }];
  });
}

function judgeAnnotations(
  { statement, source, start, annotations }: Draft,
  problems: string[],
): FilePolicy[] {
  const { id, description } = annotations;
  const fault = (message: string) => {
    problems.push(problemAt(source, start, message));
    return [];
  };
  if (!id) return fault('the policy has no @id');
  if (!ID.test(id)) return fault(`the @id "${id}" is not in kebab-case`);
  if (!description?.trim()) return fault(`the policy ${id} has no @description`);
  const { line } = positionIn(source.text, start);
  return [{ id, description, statement, annotations, file: source.name, line }];
}

function duplicates(policies: readonly FilePolicy[]): string[] {
  const first = new Map<string, FilePolicy>();
  return policies.flatMap((policy) => {
    const known = first.get(policy.id);
    if (known === undefined) first.set(policy.id, policy);
    const message = `the @id "${policy.id}" is taken by ${known?.file}:${known?.line}`;
    return known === undefined ? [] : [`${policy.file}:${policy.line}:1: ${message}`];
  });
}
