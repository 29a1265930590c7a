import type { RequestContext } from '../context.js';
import type { DecisionCheck } from '../schema/decision-check.input.js';
import {
  credentialEndOf,
  factsOf,
  isService,
  principalOf,
  type Asker,
} from '../services/authentication/asker.js';
import type { Decision, DecisionReason } from '../services/authorization/decision.js';
import { APPLICATION, qualifyAction, qualifyType } from '../services/authorization/names.js';
import type { CedarRecord, EntityUid, Question } from '../services/authorization/question.js';

/**
 * Decides one check of a caller. Whatever is wrong with it, the right to ask it included, makes it a
 * denied decision that says so; it never rejects.
 */
export async function decideCheck(
  check: DecisionCheck,
  asker: Asker,
  context: RequestContext,
  fresh: boolean,
): Promise<Decision> {
  const self = principalOf(asker);
  const notAfter = credentialEndOf(asker);
  const principal = check.principal ? qualified(check.principal) : self;
  const resource = qualified(check.resource);
  const question: Question = {
    principal,
    action: qualifyAction(check.action, resource.type),
    resource,
    // The decision loader screens it before anything relies on its shape.
    context: (check.context ?? {}) as CedarRecord,
    ...(check.resourceAttributes && { resourceAttributes: check.resourceAttributes as CedarRecord }),
  };
  const denied = (reason: DecisionReason, error: string): Decision => ({
    ...question,
    allowed: false,
    effect: 'DENY',
    reason,
    determiningPolicies: [],
    errors: [error],
    source: 'ENGINE',
    evaluatedAt: context.services.clock.now(),
  });

  if (check.resourceAttributes && !isService(asker)) {
    return denied('INVALID', 'Only services bring attributes of a resource.');
  }
  if (principal.type === self.type && principal.id === self.id) {
    return context.decisions.decide(question, { asker: factsOf(asker), notAfter, fresh });
  }
  const right = await context.ask(asker, 'decideForOthers', APPLICATION, { fresh });
  if (!right.allowed) {
    return denied(right.reason, 'Asking for another principal takes decideForOthers on the application.');
  }
  return context.decisions.decide(question, { notAfter, fresh });
}

const qualified = ({ type, id }: EntityUid): EntityUid => ({ type: qualifyType(type), id });
