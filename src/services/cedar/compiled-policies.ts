import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';

import { cedarEngine, type CedarEngine } from './engine.js';
import { collectUids } from './entity-closure.js';
import { readScope, type PolicyScope } from './policy-scope.js';
import { CedarPolicyError, parseStatement, type PolicyIssue, type PolicySource } from './policy-statement.js';
import type { PolicyTemplate, SlotValues } from './policy-template.js';
import { formatUid } from './values.js';

/** A policy that fills the slots of a template, and the name it goes by. */
export interface PolicyLink {
  readonly id: string;
  readonly template: PolicyTemplate;
  readonly values: SlotValues;
}

/** A static policy, and what can be told of it without the engine. */
export interface CompiledPolicy extends PolicySource {
  readonly scope: PolicyScope;
  /** The entities that the policy's conditions name, by `formatUid`, from which they may go on to others. */
  readonly literals: readonly string[];
}

/**
 * Parses policies. Links cost some microseconds each, since their templates are parsed already.
 * @throws CedarPolicyError with everything that is wrong
 * @throws CedarUnavailableError
 */
export function compilePolicies(
  sources: readonly (PolicySource | PolicyLink)[],
  engine: CedarEngine,
): CompiledPolicy[] {
  const issues: PolicyIssue[] = [];
  /** Links of one template share its conditions. */
  const literals = new Map<PolicyJson['conditions'], readonly string[]>();
  const literalsIn = (conditions: PolicyJson['conditions']): readonly string[] => {
    const known = literals.get(conditions) ?? uidsIn(conditions);
    literals.set(conditions, known);
    return known;
  };

  const policies = sources.flatMap((source): CompiledPolicy | CompiledPolicy[] => {
    const known = parsedAhead.get(source);
    if (known !== undefined) return known;
    const read = 'template' in source ? readLink(source) : readStatement(source, engine);
    if ('issues' in read) {
      issues.push(...read.issues);
      return [];
    }
    const { statement, json } = read;
    return [{ id: source.id, statement, scope: readScope(json), literals: literalsIn(json.conditions) }];
  });
  if (issues.length > 0) throw new CedarPolicyError(issues);
  return policies;
}

const parsedAhead = new WeakMap<PolicySource | PolicyLink, CompiledPolicy>();

/**
 * Parses a policy once for all sets that hold this very object, since a set that changes is mostly the one before. One that
 * Cedar refuses is left for those sets to refuse. @throws CedarUnavailableError
 */
export function parseAhead(source: PolicySource | PolicyLink, engine: CedarEngine = cedarEngine): void {
  if (parsedAhead.has(source)) return;
  try {
    for (const policy of compilePolicies([source], engine)) parsedAhead.set(source, policy);
  } catch (error) {
    if (!(error instanceof CedarPolicyError)) throw error;
  }
}

type Read =
  { readonly statement: string; readonly json: PolicyJson } | { readonly issues: readonly PolicyIssue[] };

function readStatement(source: PolicySource, engine: CedarEngine): Read {
  const parsed = parseStatement(source, engine);
  return parsed.ok ? { statement: source.statement, json: parsed.json } : { issues: [parsed.issue] };
}

function readLink({ id, template, values }: PolicyLink): Read {
  try {
    return template.link(id, values);
  } catch (error) {
    if (error instanceof CedarPolicyError) return { issues: error.issues };
    throw error;
  }
}

function uidsIn(conditions: PolicyJson['conditions']): readonly string[] {
  const uids: string[] = [];
  collectUids(conditions, (uid) => uids.push(formatUid(uid)));
  return uids;
}
