import { inspect } from 'node:util';

import { collectUids, indexEntities, reachableEntities } from '../src/services/cedar/entity-closure.js';
import type { EntityUid, Question } from '../src/services/authorization/question.js';
import { formatUid, type CedarEntity } from '../src/services/cedar/values.js';
import type { Answered } from './answered.js';
import { asAsked, refusalOf, type BareAnswer, type BareEngine } from './bare-engine.js';

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

/**
 * @param isUndisturbed whether nothing stood in the way of the answer
 * @throws Finding where the answer is not one that the bare engine allows
 */
export function judge(bare: BareEngine, answered: Answered, isUndisturbed: boolean): void {
  const { question, decision, reigns, loaded, fault, isLate } = answered;
  const { allowed, effect, reason, errors, source } = decision;
  const isPermitted = reason === 'PERMITTED';
  if (allowed !== isPermitted || (effect === 'ALLOW') !== isPermitted)
    throw finding('A decision contradicts itself.', answered);
  if (reason === 'INVALID' && errors?.length === 0) throw finding('INVALID without a reason.', answered);
  if (source === 'CACHE' && ['INVALID', 'UNAVAILABLE'].includes(reason))
    throw finding('A failure was remembered.', answered);

  const refusal = refusalOf(question);
  if (refusal !== undefined) {
    if (isPermitted) throw finding('ALLOW for what is no question.', answered);
    if (reason !== 'INVALID' && !refusal.includes('a getter'))
      throw finding('A question that is wrong is not INVALID.', answered);
    return;
  }

  const isUnread = namedIn(question).some((uid) => loaded.failed.has(formatUid(uid)));
  if (isUnread || loaded.absent.has(formatUid(question.principal))) {
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
  if (reason === 'UNAVAILABLE' && isLate) return;
  if (!answers.some((answer) => agrees(answer, answered))) {
    throw finding('Another answer than the bare engine gives.', answered, answers);
  }
}

const agrees = (
  answer: BareAnswer,
  { decision: { allowed, reason, determiningPolicies: seen } }: Answered,
): boolean =>
  answer.kind === 'answered' &&
  reason !== 'INVALID' &&
  reason !== 'UNAVAILABLE' &&
  answer.isAllowed === allowed &&
  (seen === null || answer.policies.join() === seen.toSorted().join());

const bareAnswer = (
  bare: BareEngine,
  policies: Answered['reigns'][number]['policies'],
  { question, asker, loaded, declared }: Answered,
): BareAnswer => bare.answer(policies, asAsked(question, asker, declared), loaded.entities);

/** Whom and what a question names. */
function namedIn({ principal, resource, context, resourceAttributes }: Question): readonly EntityUid[] {
  const named = [principal, resource];
  collectUids([context, resourceAttributes ?? {}], (uid) => named.push(uid));
  return named;
}

/** What the question can reach; what policies name besides is left out. */
function bearingOn(question: Question, entities: readonly CedarEntity[]): CedarEntity[] {
  return reachableEntities(new Set(namedIn(question).map(formatUid)), indexEntities(entities));
}

function finding(what: string, answered: Answered, answers: readonly BareAnswer[] = []): Finding {
  const { question, asker, fault, decision, loaded, reigns, declared, setting, tookMs } = answered;
  return new Finding(what, {
    question,
    asker,
    fault,
    decision,
    tookMs,
    bare: answers,
    setting,
    hasSchema: declared !== undefined,
    policies: reigns.map(({ policies: { policies, validatesRequests } }) => ({
      policies,
      validatesRequests,
    })),
    unread: [...loaded.failed.keys()],
    absent: [...loaded.absent],
    entities: safely(() => bearingOn(question, loaded.entities).map((entity) => JSON.stringify(entity))),
  });
}

/** Some questions are such that nothing can be made of them. */
function safely<T>(make: () => T): T | string {
  try {
    return make();
  } catch (error) {
    return String(error);
  }
}
