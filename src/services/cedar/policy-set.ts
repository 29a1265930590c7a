import type { AuthorizationAnswer } from '@cedar-policy/cedar-wasm/nodejs';

import { describe } from './detailed-errors.js';
import { cedarEngine, type CedarEngine } from './engine.js';
import { collectUids, lineageOf, type EntityIndex } from './entity-closure.js';
import { KnownEntities } from './known-entities.js';
import { readScope, type PolicyScope, type ScopeSubject, type ScopeSubjects } from './policy-scope.js';
import { CedarPolicyError, parseStatement, type PolicyIssue, type PolicySource } from './policy-statement.js';
import type { PreparsedContent } from './preparsed-slots.js';
import { screenRequest, type AuthorizationRequest } from './request-screening.js';
import type { CedarSchema } from './schema.js';
import { indexScopes } from './scope-index.js';
import { formatUid, type CedarEntity, type Effect, type EntityUid } from './values.js';

export type { AuthorizationRequest } from './request-screening.js';

export interface PolicySetSource {
  readonly id: string;
  /** Static policies; of several with one id the last counts. */
  readonly policies: readonly PolicySource[];
  /** Needed where policies speak of action groups. Requests and entities are held against it. */
  readonly schema?: CedarSchema;
}

export interface DecisionError {
  /** The policy whose evaluation failed. Absent when the question itself was refused. */
  readonly policyId?: string;
  readonly message: string;
}

/** Cedar's answer. A refused question is a DENY with one error that names no policy. */
export interface CedarDecision {
  readonly effect: Effect;
  /** In the order of the set. */
  readonly determiningPolicies: readonly string[];
  readonly errors: readonly DecisionError[];
}

/** Policies, parsed once, that answer any number of questions. */
export interface CompiledPolicySet {
  readonly id: string;
  readonly policyIds: readonly string[];
  readonly schema: CedarSchema | undefined;
  /**
   * Answers as Cedar's `isAuthorized` would with all the policies and entities.
   * @throws CedarUnavailableError
   */
  decide(request: AuthorizationRequest): CedarDecision;
}

interface CompiledPolicy extends PolicySource {
  readonly scope: PolicyScope;
  /** The entities that the policy names, from which its conditions may go on to others. */
  readonly literals: readonly EntityUid[];
}

let compiled = 0;

/**
 * Parses policies for many decisions. Each decision then costs what the policies whose scope matches it and the entities
 * that it can reach cost (about 5 and 100 microseconds each), and not what all of them do.
 * @throws CedarPolicyError for policies that do not parse, are templates or are nested too deeply
 * @throws CedarUnavailableError
 */
export function compilePolicySet(
  { id, policies: sources, schema }: PolicySetSource,
  engine: CedarEngine = cedarEngine,
): CompiledPolicySet {
  const unique = [...new Map(sources.map((source) => [source.id, source])).values()];
  const policies = compilePolicies(unique, engine);
  const index = indexScopes(policies.map(({ scope }) => scope));
  const key = `set-${(compiled += 1)}`;

  return {
    id,
    policyIds: policies.map((policy) => policy.id),
    schema,
    decide(request) {
      const known = KnownEntities.of(request.entities ?? []);
      const refusal = screenRequest(request) ?? known.refusal;
      if (refusal !== undefined) return refused(refusal);
      const { principal, action, resource, context = {} } = request;
      const subjects = subjectsOf(request, known.index, schema);
      const positions = index.candidates(subjects);
      const candidates = positions.flatMap((position) => policies[position] ?? []);
      const literals = candidates.flatMap((policy) => policy.literals);
      const reachable = known.reachableFrom([principal, resource, ...literals], [context]);
      if (reachable.length > MAX_REACHABLE) {
        return refused(`The question involves more than ${MAX_REACHABLE} entities.`);
      }
      const answer = engine.module.run((wasm) =>
        wasm.statefulIsAuthorized({
          principal: { ...principal },
          action: { ...action },
          resource: { ...resource },
          context: context as never,
          entities: reachable.map(toEntityJson) as never,
          validateRequest: schema !== undefined && (request.validateRequest ?? true),
          preparsedPolicySetId: engine.policySlots.nameOf(wasm, sliceOf(key, positions, policies)),
          ...(schema && { preparsedSchemaName: engine.schemaSlots.nameOf(wasm, contentOf(schema)) }),
        }),
      );
      return readAnswer(answer, policies);
    },
  };
}

/** Cedar walks up the parents by recursion, and a chain of 5,000 exhausts its stack. */
const MAX_REACHABLE = 1_000;

function compilePolicies(sources: readonly PolicySource[], engine: CedarEngine): CompiledPolicy[] {
  const issues: PolicyIssue[] = [];
  const policies = sources.flatMap((source): CompiledPolicy[] => {
    const parsed = parseStatement(source, engine);
    if (!parsed.ok) {
      issues.push(parsed.issue);
      return [];
    }
    const literals: EntityUid[] = [];
    collectUids(parsed.json.conditions, ({ type, id }) => literals.push({ type, id }));
    return [{ id: source.id, statement: source.statement, scope: readScope(parsed.json), literals }];
  });
  if (issues.length > 0) throw new CedarPolicyError(issues);
  return policies;
}

function subjectsOf(
  { principal, action, resource }: AuthorizationRequest,
  entities: EntityIndex,
  schema: CedarSchema | undefined,
): ScopeSubjects {
  const subject = (uid: EntityUid, lineage: ReadonlySet<string>): ScopeSubject => ({
    type: uid.type,
    uid: formatUid(uid),
    lineage,
  });
  return {
    principal: subject(principal, lineageOf(principal, entities)),
    action: subject(action, schema?.actionLineage(action) ?? new Set([formatUid(action)])),
    resource: subject(resource, lineageOf(resource, entities)),
  };
}

/** Policies go by their position, so that no id can trouble the engine. */
function sliceOf(
  key: string,
  positions: readonly number[],
  policies: readonly CompiledPolicy[],
): PreparsedContent {
  return {
    key: `${key}:${positions.join()}`,
    weight: positions.length,
    parse(wasm, name) {
      const staticPolicies = Object.fromEntries(
        positions.map((position) => [String(position), policies[position]?.statement ?? '']),
      );
      const answer = wasm.preparsePolicySet(name, { staticPolicies });
      if (answer.type === 'failure') throw new Error(answer.errors.map(describe).join(' '));
    },
  };
}

function contentOf(schema: CedarSchema): PreparsedContent {
  return {
    key: schema.key,
    weight: 1,
    parse(wasm, name) {
      const answer = wasm.preparseSchema(name, JSON.parse(schema.json) as never);
      if (answer.type === 'failure') throw new Error(answer.errors.map(describe).join(' '));
    },
  };
}

/** Known fields only. */
const toEntityJson = ({ uid, attrs, parents, tags }: CedarEntity) => ({
  uid: { type: uid.type, id: uid.id },
  attrs,
  parents: parents.map(({ type, id }) => ({ type, id })),
  ...(tags && { tags }),
});

const refused = (message: string): CedarDecision => ({
  effect: 'DENY',
  determiningPolicies: [],
  errors: [{ message }],
});

function readAnswer(answer: AuthorizationAnswer, policies: readonly CompiledPolicy[]): CedarDecision {
  if (answer.type === 'failure') return refused(answer.errors.map(describe).join(' '));
  const { decision, diagnostics } = answer.response;
  const idOf = (position: string): string => policies[Number(position)]?.id ?? position;
  const byPosition = (a: string, b: string) => Number(a) - Number(b);
  return {
    effect: decision === 'allow' ? 'ALLOW' : 'DENY',
    determiningPolicies: [...diagnostics.reason].sort(byPosition).map(idOf),
    errors: [...diagnostics.errors]
      .sort((a, b) => byPosition(a.policyId, b.policyId))
      .map(({ policyId, error }) => ({ policyId: idOf(policyId), message: describe(error) })),
  };
}
