import { APPLICATION } from '../../src/services/authorization/names.js';
import type { Question } from '../../src/services/authorization/question.js';
import { formatUid, type CedarEntity, type EntityUid } from '../../src/services/cedar/values.js';
import { asAsked, type BareEngine, type BarePolicies } from '../bare-engine.js';
import { Finding, judge } from '../verdict.js';
import type { CedarSchema } from '../../src/services/cedar/schema.js';
import type { Check } from './checks.js';
import type { Asker } from './people.js';
import type { SentDecision } from './response.js';

/** What decisions over HTTP are judged by. */
export interface HttpBench {
  readonly bare: BareEngine;
  readonly policies: BarePolicies;
  readonly schema: CedarSchema;
  readonly entities: readonly CedarEntity[];
}

/** @throws Finding where this may not be the answer to the check */
export function judgeSent(
  bench: HttpBench,
  asker: Asker,
  { asked }: Check,
  decision: SentDecision,
  isUndisturbed: boolean,
): void {
  const { question } = asked;
  const { determiningPolicies, errors, allowed, reason } = decision;
  const evidence = { asker: asker.uid, question, decision, policies: bench.policies.policies };
  const names = [question.principal, question.action, question.resource];
  const echoed = [decision.principal, decision.action, decision.resource];
  if (names.some((uid, index) => !isSame(uid, echoed[index])))
    throw new Finding('The answer to another question.', evidence);
  if ((determiningPolicies !== null || errors !== null) && !mayDo(bench, asker, 'explainDecision'))
    throw new Finding('Policies are shown to who may not see them.', evidence);

  const isSelf = isSame(question.principal, asker.uid);
  // Whether they may ask for others is a decision too, which may be as little available as any.
  const isUndecided = reason === 'UNAVAILABLE' && !isUndisturbed;
  const isRefused =
    (question.resourceAttributes !== undefined && !asker.isService) ||
    (!isSelf && (isUndecided || !mayDo(bench, asker, 'decideForOthers')));
  if (isRefused) {
    if (allowed || reason === 'PERMITTED') throw new Finding('ALLOW for who may not ask.', evidence);
    return;
  }
  const { policies, entities, schema } = bench;
  judge(
    bench.bare,
    {
      ...asked,
      ...(isSelf && { asker: asker.facts }),
      decision: { ...decision, determiningPolicies: determiningPolicies?.map(({ id }) => id) ?? null },
      tookMs: 0,
      isLate: false,
      reigns: [{ policies, began: 0, ended: Infinity }],
      loaded: { entities, absent: absentOf(question, entities), failed: new Map() },
      declared: Object.keys(schema.contextAttributes(question.action) ?? {}),
      setting: `over HTTP, by ${asker.name}`,
    },
    isUndisturbed,
  );
}

/** By the bare engine. */
function mayDo({ bare, policies, schema, entities }: HttpBench, asker: Asker, id: string): boolean {
  const right: Question = {
    principal: asker.uid,
    action: { type: 'Identity::Action', id },
    resource: APPLICATION,
    context: {},
  };
  const declared = Object.keys(schema.contextAttributes(right.action) ?? {});
  const answer = bare.answer(policies, asAsked(right, asker.facts, declared), entities);
  return answer.kind === 'answered' && answer.isAllowed;
}

/** People and sessions that the service does not know. */
function absentOf({ principal }: Question, entities: readonly CedarEntity[]): ReadonlySet<string> {
  const isOurs = ['Identity::User', 'Identity::Session'].includes(principal.type);
  const isKnown = entities.some(({ uid }) => isSame(uid, principal));
  return new Set(isOurs && !isKnown ? [formatUid(principal)] : []);
}

const isSame = (one: EntityUid, other: EntityUid | undefined): boolean =>
  one.type === other?.type && one.id === other.id;
