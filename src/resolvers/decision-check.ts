import type { RequestContext } from '../context.js';
import type { DecisionCheck } from '../schema/decision-check.input.js';
import {
  credentialEndOf,
  factsOf,
  isService,
  principalOf,
  type Asker,
} from '../services/authentication/asker.js';
import type { Viewer } from '../services/authentication/viewer.js';
import type { DecideOptions } from '../services/authorization/decision-loader.js';
import type { Decision, DecisionReason } from '../services/authorization/decision.js';
import { APPLICATION, qualifyAction, qualifyType } from '../services/authorization/names.js';
import type { CedarRecord, EntityUid, Question } from '../services/authorization/question.js';
import type { MaybePromise } from '../services/maybe-promise.js';

/**
 * Decides one check of a caller, at once where the answer is remembered. Whatever is wrong with it, the right to ask it
 * included, makes it a denied decision that says so; it never rejects.
 *
 * @param subject the person on whose behalf a service asks: principal where the check names none
 */
export function decideCheck(
  check: DecisionCheck,
  asker: Asker,
  request: RequestContext,
  fresh: boolean,
  subject?: Viewer,
): MaybePromise<Decision> {
  const principal = check.principal ? qualified(check.principal) : principalOf(subject ?? asker);
  const proven = [asker, subject].find((one) => one !== undefined && isSame(principalOf(one), principal));
  if (proven === asker && !check.resourceAttributes) {
    const resource = qualified(check.resource);
    return request.ask(asker, check.action, resource, { context: contextOf(check), fresh });
  }
  const question = questionOf(check, principal);
  if (check.resourceAttributes && !isService(asker)) {
    return denied(question, 'INVALID', 'Only services bring attributes of a resource.', request);
  }
  const options = {
    asker: proven && factsOf(proven),
    notAfter: earliest(credentialEndOf(asker), credentialEndOf(proven ?? asker)),
    fresh,
  };
  return proven === asker
    ? request.decisions.decide(question, options)
    : decideForAnother(question, asker, request, options);
}

async function decideForAnother(
  question: Question,
  asker: Asker,
  request: RequestContext,
  options: DecideOptions,
): Promise<Decision> {
  const right = await request.ask(asker, 'decideForOthers', APPLICATION, { fresh: options.fresh });
  if (right.allowed) return request.decisions.decide(question, options);
  const error = 'Asking for another principal takes decideForOthers on the application.';
  return denied(question, right.reason, error, request);
}

function questionOf(check: DecisionCheck, principal: EntityUid): Question {
  const resource = qualified(check.resource);
  return {
    principal,
    action: qualifyAction(check.action, resource.type),
    resource,
    context: contextOf(check) ?? {},
    ...(check.resourceAttributes && { resourceAttributes: check.resourceAttributes as CedarRecord }),
  };
}

/** The decision loader screens it before anything relies on its shape. */
const contextOf = ({ context }: DecisionCheck) => (context ?? undefined) as CedarRecord | undefined;

/** A decision that is denied before anything is asked. */
export const denied = (
  question: Question,
  reason: DecisionReason,
  error: string,
  { services }: RequestContext,
): Decision => ({
  ...question,
  allowed: false,
  effect: 'DENY',
  reason,
  determiningPolicies: [],
  errors: [error],
  source: 'ENGINE',
  evaluatedAt: services.clock.now(),
});

const isSame = (one: EntityUid, other: EntityUid): boolean => one.type === other.type && one.id === other.id;

const earliest = (one: Date, other: Date): Date => (one < other ? one : other);

const qualified = ({ type, id }: EntityUid): EntityUid => ({ type: qualifyType(type), id });
