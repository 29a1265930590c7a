import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

import { createCedarEngine } from '../services/cedar/engine.js';
import { compilePolicySet, type CompiledPolicySet } from '../services/cedar/policy-set.js';
import { CedarPolicyError } from '../services/cedar/policy-statement.js';
import { validatePolicies, type PolicyValidation } from '../services/cedar/policy-validation.js';
import { CedarSchemaError, parseSchema } from '../services/cedar/schema.js';
import { screenJson } from '../services/cedar/screening.js';
import { splitStatements } from '../services/cedar/statement-tokens.js';
import type { CedarEntity, CedarRecord, EntityUid } from '../services/cedar/values.js';

/** A test file of cedar-integration-tests; paths are relative to the folder of the tests. */
interface TestFile {
  readonly policies: string;
  readonly entities: string;
  readonly schema: string;
  readonly shouldValidate: boolean;
  readonly requests: readonly TestRequest[];
}

interface TestRequest {
  readonly description: string;
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: CedarRecord;
  readonly validateRequest?: boolean;
  readonly decision: 'allow' | 'deny';
  readonly reason: readonly string[];
  readonly errors: readonly string[];
}

export interface CedarTestReport {
  readonly files: number;
  /** Requests answered with the reference's decision, reason and errors. */
  readonly answered: number;
  readonly mismatches: readonly string[];
  /** Requests that were not asked. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  /** Whole files whose policies validate differently for a known reason; their requests are answered all the same. */
  readonly differences: readonly { readonly file: string; readonly reason: string }[];
}

type Tally = { -readonly [K in keyof CedarTestReport]: CedarTestReport[K] } & {
  mismatches: string[];
  skipped: { file: string; reason: string }[];
  differences: { file: string; reason: string }[];
};

/** Requests that cannot be asked. */
const UNSAFE_INTEGER = 'integers beyond 2^53, which JSON in JavaScript cannot carry';

/** An error to the reference's Cedar, a warning since Cedar 4.13. */
const NO_APPLICABLE_ACTION = 'unable to find an applicable action';

/** Answers every request of the tests in a folder and compares with what the reference answered. */
export async function runCedarTests(folder: string): Promise<CedarTestReport> {
  const tally: Tally = { files: 0, answered: 0, mismatches: [], skipped: [], differences: [] };
  for (const file of await listTestFiles(folder)) {
    tally.files += 1;
    await runFile(folder, file, tally);
  }
  return tally;
}

async function listTestFiles(folder: string): Promise<string[]> {
  const parts = ['tests', 'corpus-tests'].map((part) =>
    readdir(join(folder, part), { recursive: true }).then(
      (names) => names.map((name) => join(folder, part, name)),
      () => [],
    ),
  );
  const names = (await Promise.all(parts)).flat();
  return names.filter((name) => name.endsWith('.json') && !name.endsWith('.entities.json')).sort();
}

async function runFile(folder: string, path: string, tally: Tally): Promise<void> {
  const file = relative(folder, path);
  const text = await readFile(path, 'utf8');
  const test = JSON.parse(text) as TestFile;
  const [policies, entities, schema] = await Promise.all(
    [test.policies, test.entities, test.schema].map((name) => readFile(join(folder, name), 'utf8')),
  );
  const compiled = compile(file, policies ?? '', schema ?? '', test, tally);
  if (compiled === undefined) return;
  const known = (JSON.parse(entities ?? '[]') as CedarEntity[]).map(normalizeEntity);
  for (const request of test.requests) answer(file, compiled, request, known, tally);
}

/** Each file gets an engine of its own, so that one file's faults are not another's. */
function compile(
  file: string,
  policyText: string,
  schemaText: string,
  test: TestFile,
  tally: Tally,
): CompiledPolicySet | undefined {
  const engine = createCedarEngine();
  const policies = splitStatements(policyText).map(({ text }, index) => ({
    id: `policy${index}`,
    statement: text,
  }));
  try {
    const schema = parseSchema(schemaText, engine);
    const compiled = compilePolicySet({ id: file, policies, schema }, engine);
    compareValidation(file, validatePolicies(policies, schema, engine), test.shouldValidate, tally);
    return compiled;
  } catch (error) {
    if (error instanceof CedarPolicyError || error instanceof CedarSchemaError) {
      tally.mismatches.push(`${file}: ${error.message}`);
      return undefined;
    }
    throw error;
  }
}

function compareValidation(
  file: string,
  { errors, warnings }: PolicyValidation,
  shouldValidate: boolean,
  tally: Tally,
): void {
  const validates = errors.length === 0;
  if (validates === shouldValidate) return;
  const downgraded = warnings.find(({ message }) => message.includes(NO_APPLICABLE_ACTION));
  if (validates && downgraded !== undefined) {
    tally.differences.push({ file, reason: `since Cedar 4.13 only a warning: ${downgraded.message}` });
  } else {
    tally.mismatches.push(`${file}: validates is ${validates}, the reference says ${shouldValidate}`);
  }
}

function answer(
  file: string,
  compiled: CompiledPolicySet,
  request: TestRequest,
  entities: readonly CedarEntity[],
  tally: Tally,
): void {
  const { principal, action, resource, context, validateRequest = true } = request;
  if ([context, ...entities.flatMap(({ attrs, tags = {} }) => [attrs, tags])].some(holdsUnsafeInteger)) {
    tally.skipped.push({ file, reason: `${request.description}: ${UNSAFE_INTEGER}` });
    return;
  }
  const decision = compiled.decide({ principal, action, resource, context, entities, validateRequest });
  const found = summary(
    decision.effect.toLowerCase(),
    decision.determiningPolicies,
    decision.errors.map(({ policyId, message }) => policyId ?? `refused (${message})`),
  );
  const expected = summary(request.decision, request.reason, request.errors);
  if (found === expected) tally.answered += 1;
  else tally.mismatches.push(`${file}, ${request.description}: ${found}, the reference says ${expected}`);
}

const summary = (decision: string, reason: readonly string[], errors: readonly string[]): string =>
  `${decision} by [${[...reason].sort().join()}] with errors in [${[...errors].sort().join()}]`;

function holdsUnsafeInteger(value: unknown): boolean {
  const screening = screenJson(value);
  return !screening.ok && screening.fault === 'UNSAFE_INTEGER';
}

/** The tests write uids with and without the `__entity` escape. */
function normalizeEntity({ uid, attrs, parents, tags }: CedarEntity): CedarEntity {
  return { uid: bareUid(uid), attrs, parents: parents.map(bareUid), ...(tags && { tags }) };
}

const bareUid = (uid: EntityUid | { __entity: EntityUid }): EntityUid =>
  '__entity' in uid ? uid.__entity : uid;
