import type { PolicySet, ValidationError } from '@cedar-policy/cedar-wasm/nodejs';

import { describe, offsetOf } from './detailed-errors.js';
import { cedarEngine, type CedarEngine } from './engine.js';
import {
  parseStatement,
  parseTemplateStatement,
  type PolicyIssue,
  type PolicySource,
} from './policy-statement.js';
import type { CedarSchema } from './schema.js';

export interface PolicyValidation {
  readonly errors: readonly PolicyIssue[];
  /** Such as a policy that can never apply. */
  readonly warnings: readonly PolicyIssue[];
}

/**
 * Validates static policies with different ids against a schema, in Cedar's STRICT mode. Policies that do not even parse are
 * errors too, and then nothing else is looked at.
 * @throws CedarUnavailableError
 */
export const validatePolicies = (
  policies: readonly PolicySource[],
  schema: CedarSchema,
  engine: CedarEngine = cedarEngine,
): PolicyValidation =>
  validate(policies, schema, engine, parseStatement, (staticPolicies) => ({ staticPolicies }));

/** Validates templates likewise: for whatever the schema admits into their slots. @throws CedarUnavailableError */
export const validateTemplates = (
  templates: readonly PolicySource[],
  schema: CedarSchema,
  engine: CedarEngine = cedarEngine,
): PolicyValidation =>
  validate(templates, schema, engine, parseTemplateStatement, (statements) => ({ templates: statements }));

function validate(
  policies: readonly PolicySource[],
  schema: CedarSchema,
  engine: CedarEngine,
  parse: typeof parseStatement,
  setOf: (statements: Record<string, string>) => PolicySet,
): PolicyValidation {
  const unparsed = policies.flatMap((policy) => {
    const parsed = parse(policy, engine);
    return parsed.ok ? [] : [parsed.issue];
  });
  if (unparsed.length > 0) return { errors: unparsed, warnings: [] };

  const statements = Object.fromEntries(policies.map(({ statement }, index) => [String(index), statement]));
  const answer = engine.module.run((wasm) =>
    wasm.validate({ schema: JSON.parse(schema.json) as never, policies: setOf(statements) }),
  );
  if (answer.type === 'failure') {
    return {
      errors: answer.errors.map((error) => ({ policyId: '', message: describe(error) })),
      warnings: [],
    };
  }
  const issues = (found: readonly ValidationError[]) => found.flatMap((error) => issueOf(error, policies));
  return { errors: issues(answer.validationErrors), warnings: issues(answer.validationWarnings) };
}

function issueOf({ policyId, error }: ValidationError, policies: readonly PolicySource[]): PolicyIssue[] {
  const policy = policies[Number(policyId)];
  if (policy === undefined) return [];
  const offset = offsetOf(error, policy.statement);
  const message = describe(error).replace(`for policy \`${policyId}\`, `, '');
  return [{ policyId: policy.id, message, ...(offset === undefined ? {} : { offset }) }];
}
