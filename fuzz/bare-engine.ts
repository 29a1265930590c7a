import type { AskerFacts } from '../src/services/authorization/service-context.js';
import { screenQuestion } from '../src/services/authorization/question-check.js';
import type { Question } from '../src/services/authorization/question.js';
import { collectUids, indexEntities, reachableEntities } from '../src/services/cedar/entity-closure.js';
import { KnownEntities } from '../src/services/cedar/known-entities.js';
import { formatUid, type CedarEntity, type EntityUid } from '../src/services/cedar/values.js';
import { createCedarModule, type CedarWasm } from '../src/services/cedar/wasm-module.js';
import type { FuzzPolicy } from './policies.js';

/** Policies by their ids, with all that they are read with. */
export interface BarePolicies {
  readonly policies: ReadonlyMap<string, FuzzPolicy>;
  /** JSON text. */
  readonly schema: string | undefined;
  readonly validatesRequests: boolean;
}

export type BareAnswer =
  | {
      readonly kind: 'answered';
      readonly isAllowed: boolean;
      readonly policies: readonly string[];
      /** Whether some entities had to be left out, which the engine takes under no circumstances. */
      readonly isPartial?: boolean;
    }
  /** The engine takes no such question, or would not survive it. */
  | { readonly kind: 'refused'; readonly why: string };

/** Cedar's own engine, with all the policies and all the entities that it takes. */
export interface BareEngine {
  answer(policies: BarePolicies, question: Question, entities: readonly CedarEntity[]): BareAnswer;
}

interface Prepared {
  readonly name: string;
  /** How many were prepared before it, and itself. */
  readonly number: number;
  readonly generation: number;
  /** All the entities that the policies name, by `formatUid`. */
  readonly literals: readonly string[];
}

/** What is preparsed stays with the engine under its name, so there are few. */
const NAMES = 16;
/** The engine walks up the parents by recursion, and dies of some thousand. */
const MAX_ENTITIES = 1_000;

export function createBareEngine(): BareEngine {
  const module = createCedarModule();
  const prepared = new WeakMap<BarePolicies, Prepared>();
  let used = 0;

  function prepare(wasm: CedarWasm, of: BarePolicies): Prepared {
    const known = prepared.get(of);
    const isThere = known?.generation === module.generation && known.number > used - NAMES;
    if (known !== undefined && isThere) return known;
    used += 1;
    const made = {
      name: `bare ${used % NAMES}`,
      number: used,
      generation: module.generation,
      literals: literalsOf(wasm, of),
    };
    preparse(wasm, made.name, of);
    prepared.set(of, made);
    return made;
  }

  function ask(of: BarePolicies, question: Question, entities: readonly CedarEntity[]): BareAnswer {
    if (entities.length > MAX_ENTITIES) return refused('So many entities would break the engine.');
    const known = KnownEntities.of(entities);
    if (known.refusal !== undefined) return refused(known.refusal);
    return module.run((wasm) => {
      const { name } = prepare(wasm, of);
      const { principal, action, resource, context } = question;
      const answer = wasm.statefulIsAuthorized({
        principal: { ...principal },
        action: { ...action },
        resource: { ...resource },
        context: context as never,
        entities: entities as never,
        validateRequest: of.schema !== undefined && of.validatesRequests,
        preparsedPolicySetId: name,
        ...(of.schema !== undefined && { preparsedSchemaName: name }),
      });
      if (answer.type === 'failure') return refused(answer.errors.map(({ message }) => message).join(' '));
      const { decision, diagnostics } = answer.response;
      return { kind: 'answered', isAllowed: decision === 'allow', policies: diagnostics.reason.toSorted() };
    });
  }

  return {
    answer(of, question, entities) {
      const known = new Map(indexEntities(entities));
      describeResource(question, known);
      const all = ask(of, question, [...known.values()]);
      if (all.kind === 'answered') return all;
      // What the question cannot reach by itself or through a policy makes no difference, save that the engine may refuse it.
      const own = [formatUid(question.principal), formatUid(question.resource)];
      collectUids(question.context, (uid) => own.push(formatUid(uid)));
      const reach = (roots: readonly string[]) => reachableEntities(new Set(roots), known);
      const { literals } = module.run((wasm) => prepare(wasm, of));
      const reachable = ask(of, question, reach([...own, ...literals]));
      if (reachable.kind === 'answered') return { ...reachable, isPartial: true };
      const sound = literals.filter((uid) => ask(of, question, reach([uid])).kind === 'answered');
      return { ...ask(of, question, reach([...own, ...sound])), isPartial: true };
    },
  };
}

/** Why no engine should be handed this question; undefined where one may. */
export function refusalOf(question: Question): string | undefined {
  try {
    return screenQuestion(question).join(' ') || undefined;
  } catch (error) {
    return String(error);
  }
}

/** The question that is really asked: nobody but the service says how an asker got in. */
export function asAsked(
  question: Question,
  asker: AskerFacts | undefined,
  declared: readonly string[] | undefined,
): Question {
  if (asker === undefined) return question;
  const said = Object.entries(question.context).filter(([name]) => !isFact(name, declared));
  const facts = Object.entries(asker).filter(([name, fact]) => fact !== undefined && isFact(name, declared));
  return { ...question, context: Object.fromEntries([...said, ...facts]) };
}

const isFact = (name: string, declared: readonly string[] | undefined): boolean =>
  ['mfaAuthenticated', 'scopes'].includes(name) && (declared?.includes(name) ?? true);

const refused = (why: string): BareAnswer => ({ kind: 'refused', why });

/** What is brought for a resource never overrules what is known of it. */
function describeResource({ resource, resourceAttributes }: Question, known: Map<string, CedarEntity>): void {
  if (resourceAttributes === undefined) return;
  const stored = known.get(formatUid(resource)) ?? { uid: resource, attrs: {}, parents: [] };
  known.set(formatUid(resource), { ...stored, attrs: { ...resourceAttributes, ...stored.attrs } });
}

function preparse(wasm: CedarWasm, name: string, { policies, schema }: BarePolicies): void {
  const all = [...policies];
  const answers = [
    wasm.preparsePolicySet(name, {
      staticPolicies: Object.fromEntries(
        all.flatMap(([id, policy]) => ('values' in policy ? [] : [[id, policy.statement]])),
      ),
      templates: Object.fromEntries(
        all.flatMap(([id, policy]) => ('values' in policy ? [[`template of ${id}`, policy.statement]] : [])),
      ),
      templateLinks: all.flatMap(([id, policy]) =>
        'values' in policy
          ? [{ templateId: `template of ${id}`, newId: id, values: slotsOf(policy.values) }]
          : [],
      ),
    }),
    ...(schema === undefined ? [] : [wasm.preparseSchema(name, JSON.parse(schema) as never)]),
  ];
  for (const answer of answers) if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
}

const slotsOf = (values: Readonly<Record<string, EntityUid>>) =>
  Object.fromEntries(Object.entries(values).map(([slot, uid]) => [`?${slot}`, uid]));

function literalsOf(wasm: CedarWasm, { policies }: BarePolicies): string[] {
  const literals: string[] = [];
  for (const policy of policies.values()) {
    const isLinked = 'values' in policy;
    const parsed = isLinked ? wasm.templateToJson(policy.statement) : wasm.policyToJson(policy.statement);
    collectUids([parsed, isLinked ? policy.values : {}], (uid) => literals.push(formatUid(uid)));
  }
  return literals;
}
