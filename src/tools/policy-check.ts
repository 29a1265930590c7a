import { PolicyFilesError, readPolicyFolder, type PolicyFolder } from '../services/cedar/policy-files.js';
import { compilePolicySet, type CompiledPolicySet } from '../services/cedar/policy-set.js';
import { PolicyCasesError, readPolicyCases, type PolicyCase } from './policy-cases.js';

export interface PolicyCheckReport {
  readonly policies: number;
  readonly cases: number;
  /** One line each, beginning with the file; none when all is well. */
  readonly failures: readonly string[];
}

/**
 * Checks a folder of policies: that it parses and validates in STRICT mode, that every policy has `@id` and `@description`
 * and can apply, that every case of `cases/*.json`, beside each schema, is decided as it says and by the policies it says, and that every policy
 * decides some case.
 */
export async function checkPolicies(folder: string): Promise<PolicyCheckReport> {
  try {
    const policyFolder = await readPolicyFolder(folder);
    const cases = await readPolicyCases(folder);
    return runCases(policyFolder, cases);
  } catch (error) {
    if (!(error instanceof PolicyFilesError || error instanceof PolicyCasesError)) throw error;
    return { policies: 0, cases: 0, failures: error.problems };
  }
}

function runCases(
  { schema, policies, warnings }: PolicyFolder,
  cases: readonly PolicyCase[],
): PolicyCheckReport {
  const compiled = compilePolicySet({ id: 'policy-check', policies, schema });
  const undecided = new Map(policies.map((policy) => [policy.id, policy]));
  const failures = [...warnings];
  for (const policyCase of cases) {
    const { failure, determining } = runCase(compiled, policyCase);
    if (failure !== undefined) failures.push(`${policyCase.file}: ${policyCase.description}: ${failure}`);
    for (const id of determining) undecided.delete(id);
  }
  for (const { id, file, line } of undecided.values()) {
    failures.push(`${file}:${line}:1: no case is decided by ${id}`);
  }
  return { policies: policies.length, cases: cases.length, failures };
}

function runCase(
  compiled: CompiledPolicySet,
  { request, decision, policies, errors }: PolicyCase,
): { failure: string | undefined; determining: readonly string[] } {
  const answer = compiled.decide(request);
  const determining = answer.determiningPolicies;
  const refusal = answer.errors.find(({ policyId }) => policyId === undefined);
  if (refusal !== undefined) return { failure: `the question is refused: ${refusal.message}`, determining };
  const failed = answer.errors.flatMap(({ policyId }) => policyId ?? []);
  const found = summary(answer.effect, determining, failed);
  const expected = summary(decision, policies, errors);
  return { failure: found === expected ? undefined : `expected ${expected}, got ${found}`, determining };
}

function summary(effect: string, policies: readonly string[], errors: readonly string[]): string {
  const by = policies.length === 0 ? 'by no policy' : `by ${[...policies].sort().join(', ')}`;
  return `${effect} ${by}${errors.length === 0 ? '' : `, errors in ${[...errors].sort().join(', ')}`}`;
}
