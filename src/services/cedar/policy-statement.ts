import type { PolicyJson, PolicyToJsonAnswer } from '@cedar-policy/cedar-wasm/nodejs';

import { describeAll, offsetOf } from './detailed-errors.js';
import type { CedarEngine } from './engine.js';
import { isTooDeeplyNested } from './statement-nesting.js';
import { isWellFormed } from './values.js';
import type { CedarWasm } from './wasm-module.js';

/** A static policy and the name it goes by. */
export interface PolicySource {
  readonly id: string;
  readonly statement: string;
}

/** What is wrong with a policy. */
export interface PolicyIssue {
  readonly policyId: string;
  /** One line. */
  readonly message: string;
  /** Where in the statement, in UTF-16 code units. */
  readonly offset?: number;
}

/** Policies that Cedar refuses, with everything that is wrong with them. */
export class CedarPolicyError extends Error {
  override readonly name = 'CedarPolicyError';

  constructor(readonly issues: readonly PolicyIssue[]) {
    super(issues.map(({ policyId, message }) => `${policyId}: ${message}`).join('\n'));
  }
}

export type ParsedStatement =
  { readonly ok: true; readonly json: PolicyJson } | { readonly ok: false; readonly issue: PolicyIssue };

/** Parses one static policy, which is refused before it could be too deep for the engine. @throws CedarUnavailableError */
export const parseStatement = (source: PolicySource, engine: CedarEngine): ParsedStatement =>
  parseWith(source, engine, (wasm, statement) => wasm.policyToJson(statement));

/** Parses one template, likewise; a static policy is none. @throws CedarUnavailableError */
export const parseTemplateStatement = (source: PolicySource, engine: CedarEngine): ParsedStatement =>
  parseWith(source, engine, (wasm, statement) => wasm.templateToJson(statement));

function parseWith(
  { id, statement }: PolicySource,
  { module }: CedarEngine,
  parse: (wasm: CedarWasm, statement: string) => PolicyToJsonAnswer,
): ParsedStatement {
  const refuse = (message: string, offset?: number): ParsedStatement => ({
    ok: false,
    issue: { policyId: id, message, ...(offset === undefined ? {} : { offset }) },
  });
  if (!isWellFormed(statement)) return refuse('the policy is not well-formed Unicode');
  if (isTooDeeplyNested(statement)) return refuse('the policy is nested too deeply');
  const answer = module.run((wasm) => parse(wasm, statement));
  if (answer.type === 'success') return { ok: true, json: answer.json };
  const [first] = answer.errors;
  const message = describeAll(answer.errors);
  const isTemplate = message.includes('got a template containing the slot');
  return refuse(
    isTemplate ? 'this is a policy template: replace its slots (?principal, ?resource)' : message,
    first && offsetOf(first, statement),
  );
}
