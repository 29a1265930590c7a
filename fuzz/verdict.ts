import { inspect } from 'node:util';

import { collectUids, indexEntities, reachableEntities } from '../src/services/cedar/entity-closure.js';
import { formatUid, type CedarEntity } from '../src/services/cedar/values.js';
import { asAsked, refusalOf, type BareAnswer, type BareEngine } from './bare-engine.js';
import { qualified } from './model.js';
import type { Answered } from './round.js';
import { ENGINE_DEADLINE_MS } from './world.js';

/** Something that must not be, with what shows it. */
export class Finding extends Error {
  override readonly name = 'Finding';

  constructor(
    what: string,
    readonly evidence: object,
  ) {
    super(what);
  }

  /** What shows it. */
  print(): string {
    return inspect(this.evidence, { depth: 8, maxStringLength: 300, maxArrayLength: 30, breakLength: 120 });
  }
}

/** @throws Finding where the answer is not one that the bare engine allows */
export function judge(bare: BareEngine, answered: Answered): void {
  const { question, decision, reigns, loaded, isUndisturbed, fault, sinceMs } = answered;
  const { allowed, effect, reason, errors, source } = decision;
  const isPermitted = reason === 'PERMITTED';
  if (allowed !== isPermitted || (effect === 'ALLOW') !== isPermitted)
    throw finding('A decision contradicts itself.', answered);
  if (reason === 'INVALID' && errors.length === 0) throw finding('INVALID without a reason.', answered);
  if (source === 'CACHE' && ['INVALID', 'UNAVAILABLE'].includes(reason))
    throw finding('A failure was remembered.', answered);

  const refusal = refusalOf(question);
  if (refusal !== undefined) {
    if (isPermitted) throw finding('ALLOW for what is no question.', answered);
    if (reason !== 'INVALID' && !refusal.includes('a getter'))
      throw finding('A question that is wrong is not INVALID.', answered);
    return;
  }

  const unreadable = [question.principal, question.resource].some((uid) => loaded.failed.has(formatUid(uid)));
  const isNobody = loaded.absent.has(formatUid(question.principal));
  if (isNobody || unreadable) {
    if (isPermitted) throw finding('ALLOW for who is not there.', answered);
    return;
  }

  const answers = reigns.map(({ policies }) => bareAnswer(bare, policies, answered));
  if (isPermitted && !answers.some((answer) => answer.kind === 'answered' && answer.isAllowed)) {
    throw finding('ALLOW that the bare engine denies.', answered, answers);
  }
  if (
    fault !== undefined ||
    !isUndisturbed ||
    !answers.every((answer) => answer.kind === 'answered' && !answer.isPartial)
  )
    return;
  if (reason === 'UNAVAILABLE' && sinceMs >= ENGINE_DEADLINE_MS) return;
  if (!answers.some((answer) => agrees(answer, answered))) {
    throw finding('Another answer than the bare engine gives.', answered, answers);
  }
}

const agrees = (
  answer: BareAnswer,
  { decision: { allowed, reason, determiningPolicies } }: Answered,
): boolean =>
  answer.kind === 'answered' &&
  reason !== 'INVALID' &&
  reason !== 'UNAVAILABLE' &&
  answer.isAllowed === allowed &&
  answer.policies.join() === determiningPolicies.toSorted().join();

function bareAnswer(
  bare: BareEngine,
  policies: Answered['reigns'][number]['policies'],
  { question, asker, loaded, world }: Answered,
  entities: readonly CedarEntity[] = loaded.entities,
): BareAnswer {
  const { model, hasSchema } = world;
  const action = question.action.type === qualified(model, 'Action') ? question.action.id : '';
  const declared = Object.hasOwn(model.actions, action) ? model.actions[action]?.context : {};
  return bare.answer(policies, asAsked(question, asker, hasSchema ? (declared ?? {}) : undefined), entities);
}

/** What the question can reach; what policies name besides is left out. */
function bearingOn(
  { principal, resource, context }: Answered['question'],
  entities: readonly CedarEntity[],
): CedarEntity[] {
  const roots = new Set([formatUid(principal), formatUid(resource)]);
  collectUids(context, (uid) => roots.add(formatUid(uid)));
  return reachableEntities(roots, indexEntities(entities));
}

function finding(what: string, answered: Answered, answers: readonly BareAnswer[] = []): Finding {
  const { question, asker, fault, decision, loaded, reigns, world, tookMs } = answered;
  return new Finding(what, {
    question,
    asker,
    fault,
    decision,
    tookMs,
    bare: answers,
    engine: world.engine,
    sharing: world.sharing,
    schema: world.hasSchema ? world.model.namespace : 'none',
    policies: reigns.map(({ policies: { policies, validatesRequests } }) => ({
      policies,
      validatesRequests,
    })),
    entities: bearingOn(question, loaded.entities).map((entity) => JSON.stringify(entity)),
  });
}
