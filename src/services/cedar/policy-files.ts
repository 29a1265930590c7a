import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

import { cedarEngine, type CedarEngine } from './engine.js';
import { unknownGrounds } from './policy-grounds.js';
import { parseStatement, type PolicyIssue } from './policy-statement.js';
import { validatePolicies } from './policy-validation.js';
import { CedarSchemaError, parseSchema, type CedarSchema } from './schema.js';
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
  /** The file's name within the folder. */
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

interface SourceFile {
  readonly name: string;
  readonly text: string;
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
 * in Cedar's STRICT mode. No policy rests on what is unknown when it is decided; every one carries a unique `@id` in kebab-case and a `@description`.
 * @throws PolicyFilesError with every fault found
 * @throws CedarUnavailableError
 */
export async function readPolicyFolder(
  folder: string,
  engine: CedarEngine = cedarEngine,
): Promise<PolicyFolder> {
  const names = await namesIn(folder);
  const read = async (name: string): Promise<SourceFile> => ({
    name,
    text: await readFile(join(folder, name), 'utf8'),
  });
  const schema = await readSchema(
    folder,
    await Promise.all(names.filter((name) => name.endsWith('.cedarschema')).map(read)),
    engine,
  );
  const sources = await Promise.all(names.filter((name) => name.endsWith('.cedar')).map(read));

  const problems: string[] = [];
  const drafts = sources.flatMap((source) => readDrafts(source, problems, engine));
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

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const why = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw new PolicyFilesError([`The folder ${folder} cannot be read: ${why}.`]);
  }
}

async function readSchema(
  folder: string,
  sources: readonly SourceFile[],
  engine: CedarEngine,
): Promise<CedarSchema> {
  const [source, ...more] = sources;
  if (source === undefined || more.length > 0) {
    throw new PolicyFilesError([
      `The folder ${folder} has ${sources.length} *.cedarschema files; it must have exactly one.`,
    ]);
  }
  try {
    return parseSchema(source.text, engine);
  } catch (error) {
    if (!(error instanceof CedarSchemaError)) throw error;
    throw new PolicyFilesError([problemAt(source, error.offset ?? 0, error.message)]);
  }
}

function readDrafts(source: SourceFile, problems: string[], engine: CedarEngine): Draft[] {
  return splitStatements(source.text).flatMap(({ text: statement, start }): Draft[] => {
    const key = `${source.name}:${start}`;
    const parsed = parseStatement({ id: key, statement }, engine);
    if (!parsed.ok) {
      problems.push(problemAt(source, start + (parsed.issue.offset ?? 0), parsed.issue.message));
      return [];
    }
    const fault = unknownGrounds(parsed.json);
    if (fault !== undefined) problems.push(problemAt(source, start, fault));
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

function problemAt({ name, text }: SourceFile, offset: number, message: string): string {
  const { line, column } = positionIn(text, offset);
  return `${name}:${line}:${column}: ${message}`;
}

/** Line and column of an offset, each counted from 1. */
function positionIn(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
