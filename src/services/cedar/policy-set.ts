import type { AuthorizationAnswer } from '@cedar-policy/cedar-wasm/nodejs';
import { LRUCache } from 'lru-cache';

import { compilePolicies, type CompiledPolicy, type PolicyLink } from './compiled-policies.js';
import { describe } from './detailed-errors.js';
import { cedarEngine, type CedarEngine } from './engine.js';
import { KnownEntities } from './known-entities.js';
import { AlikeDecisions } from './likeness.js';
import type { ScopeSubject, ScopeSubjects } from './policy-scope.js';
import type { PolicySource } from './policy-statement.js';
import type { PreparsedContent } from './preparsed-slots.js';
import { screenRequest, type AuthorizationRequest } from './request-screening.js';
import { schemaContent } from './schema-content.js';
import type { CedarType } from './schema-types.js';
import type { CedarSchema } from './schema.js';
import { indexScopes } from './scope-index.js';
import { formatUid, type CedarEntity, type Effect, type EntityUid } from './values.js';

export type { AuthorizationRequest } from './request-screening.js';

export interface PolicySetSource {
  readonly id: string;
  /** Of several with one id the last counts. */
  readonly policies: readonly (PolicySource | PolicyLink)[];
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
   * Answers as Cedar's `isAuthorized` would with all the policies and entities, save that entities which the question cannot
   * reach are not looked at, not even where Cedar would refuse them: those in a circle of parents.
   * @throws CedarUnavailableError
   */
  decide(request: AuthorizationRequest): CedarDecision;
  /**
   * The same in two steps: finds what can be found without Cedar, and answers with what asks it. Who has several questions makes
   * all of them ready first: work between two calls of wasm makes the next one a quarter slower, for what it drives out of the
   * processor's caches.
   */
  prepare(request: AuthorizationRequest): ReadyQuestion;
}

/** To be called once. @throws CedarUnavailableError */
export type ReadyQuestion = () => CedarDecision;

let compiled = 0;

/**
 * Parses policies for many decisions. Each decision then costs what the policies whose scope matches it and the entities
 * that it can reach cost (about 5 and 100 microseconds each), and not what all of them do. Of decisions over the same known
 * entities, those that Cedar could not tell apart cost that once.
 * @throws CedarPolicyError for policies that do not parse, are templates or are nested too deeply, and for links that do not
 *   fit their template
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
  const preparsedSchema = schema && schemaContent(schema);
  const slices = new LRUCache<string, Slice>({ max: REMEMBERED_SLICES });

  return {
    id,
    policyIds: policies.map((policy) => policy.id),
    schema,
    decide: (request) => prepare(request)(),
    prepare,
  };

  function prepare(request: AuthorizationRequest): ReadyQuestion {
    const { followsLiterals = true } = request;
    const known = KnownEntities.of(request.entities ?? []);
    const refusal = screenRequest(request) ?? known.refusal;
    if (refusal !== undefined) return () => refused(refusal);
    const subjects = subjectsOf(request, known, schema);
    const positions = index.candidates(subjects);
    const slice = sliceOf(positions);
    const { literals } = slice;
    const reachable = known.reachableFrom(
      [subjects.principal.uid, subjects.resource.uid, ...(followsLiterals ? literals : [])],
      request.context,
    );
    if (reachable.length > MAX_REACHABLE) {
      return () => refused(`The question involves more than ${MAX_REACHABLE} entities.`);
    }
    const ask = () => readAnswer(askEngine(request, slice, reachable), policies);
    // Who brings a list of entities asks one question about them.
    if (known !== request.entities || schema?.isEnumerated(request.resource.type)) return ask;
    const grounds = { request, subjects, known, positions, literals, reachable };
    return () => {
      const alike = known.concluded(policies, beginDecisions);
      const before = alike.find(grounds);
      if (before !== undefined) return before;
      const decision = ask();
      // Errors quote ids.
      if (decision.errors.length === 0) alike.keep(grounds, decision);
      return decision;
    };
  }

  function sliceOf(positions: readonly number[]): Slice {
    const name = positions.join();
    const known = slices.get(name);
    if (known !== undefined) return known;
    const literals = positions.flatMap((position) => policies[position]?.literals ?? []);
    const slice = { literals, content: contentOf(`${key}:${name}`, positions, policies) };
    slices.set(name, slice);
    return slice;
  }

  function askEngine(
    request: AuthorizationRequest,
    { content }: Slice,
    reachable: readonly CedarEntity[],
  ): AuthorizationAnswer {
    const { principal, action, resource, context = {}, validateRequest = true } = request;
    return engine.module.run((wasm) =>
      wasm.statefulIsAuthorized({
        principal: { ...principal },
        action: { ...action },
        resource: { ...resource },
        context: context as never,
        entities: reachable.map(toEntityJson) as never,
        validateRequest: schema !== undefined && validateRequest && !isSurelyValid(request, schema),
        preparsedPolicySetId: engine.policySlots.nameOf(wasm, content),
        ...(preparsedSchema && {
          preparsedSchemaName: engine.schemaSlots.nameOf(wasm, preparsedSchema),
        }),
      }),
    );
  }
}

const beginDecisions = (): AlikeDecisions<CedarDecision> => new AlikeDecisions();

/** Cedar walks up the parents by recursion, and a chain of 5,000 exhausts its stack. */
const MAX_REACHABLE = 1_000;

function subjectsOf(
  { principal, action, resource }: AuthorizationRequest,
  entities: KnownEntities,
  schema: CedarSchema | undefined,
): ScopeSubjects {
  return {
    principal: new Subject(principal, (uid) => entities.lineageOf(uid)),
    action: new Subject(action, (uid) => schema?.actionLineage(action) ?? new Set([uid])),
    resource: new Subject(resource, (uid) => entities.lineageOf(uid)),
  };
}

/** Most scopes have failed, or matched, before anybody asks what somebody is in. */
class Subject implements ScopeSubject {
  readonly type: string;
  readonly uid: string;
  readonly #lineageOf: (uid: string) => ReadonlySet<string>;

  constructor(entity: EntityUid, lineageOf: (uid: string) => ReadonlySet<string>) {
    this.type = entity.type;
    this.uid = formatUid(entity);
    this.#lineageOf = lineageOf;
  }

  get lineage(): ReadonlySet<string> {
    return this.#lineageOf(this.uid);
  }
}

/**
 * Do types and context surely suit the action, so that Cedar need not find that out again? It takes a tenth of a call. What the
 * context lacks Cedar says either way, as it parses it.
 */
function isSurelyValid(
  { principal, action, resource, context = {} }: AuthorizationRequest,
  schema: CedarSchema,
): boolean {
  if (!schema.appliesTo(action, principal.type, resource.type)) return false;
  if (schema.isEnumerated(principal.type) || schema.isEnumerated(resource.type)) return false;
  const declared = schema.contextAttributes(action) ?? {};
  return Object.keys(context).every(
    (name) => Object.hasOwn(declared, name) && isSurelyOf(declared[name]?.type, context[name]),
  );
}

function isSurelyOf(type: CedarType | undefined, value: unknown): boolean {
  switch (type?.kind) {
    case 'Bool':
      return typeof value === 'boolean';
    case 'String':
      return typeof value === 'string';
    case 'Long':
      return Number.isSafeInteger(value);
    default:
      return false;
  }
}

/** Policies that apply together. */
interface Slice {
  /** The entities that their conditions name, by `formatUid`. */
  readonly literals: readonly string[];
  readonly content: PreparsedContent;
}

/** Of people with policies of their own there are as many as people. */
const REMEMBERED_SLICES = 1_000;

/** Policies go by their position, so that no id can trouble the engine. */
function contentOf(
  key: string,
  positions: readonly number[],
  policies: readonly CompiledPolicy[],
): PreparsedContent {
  return {
    key,
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
  return {
    effect: decision === 'allow' ? 'ALLOW' : 'DENY',
    determiningPolicies: diagnostics.reason
      .toSorted((a, b) => Number(a) - Number(b))
      .map((position) => idOf(position, policies)),
    errors: diagnostics.errors
      .toSorted((a, b) => Number(a.policyId) - Number(b.policyId))
      .map(({ policyId, error }) => ({ policyId: idOf(policyId, policies), message: describe(error) })),
  };
}

const idOf = (position: string, policies: readonly CompiledPolicy[]): string =>
  policies[Number(position)]?.id ?? position;
