/** Questions and answers in the form of Verified Permissions' API (API reference, BatchIsAuthorized). */
import type {
  BatchIsAuthorizedInputItem,
  BatchIsAuthorizedOutputItem,
  EntitiesDefinition,
  EntityIdentifier,
} from '@aws-sdk/client-verifiedpermissions';

import type { Ruling } from './authorizer.js';
import { canonicalJson } from './canonical-json.js';
import type { CedarEntity, EntityUid, Question } from './question.js';

type Answer = Pick<BatchIsAuthorizedOutputItem, 'decision' | 'determiningPolicies' | 'errors'>;

/** An empty context is left out, as the API asks. */
export const toRequest = ({ principal, action, resource, context }: Question) =>
  ({
    principal: toIdentifier(principal),
    action: { actionType: action.type, actionId: action.id },
    resource: toIdentifier(resource),
    ...(Object.keys(context).length > 0 && { context: { cedarJson: JSON.stringify(context) } }),
  }) satisfies BatchIsAuthorizedInputItem;

const toIdentifier = ({ type, id }: EntityUid): EntityIdentifier => ({ entityType: type, entityId: id });

export const toEntities = (entities: readonly CedarEntity[]): EntitiesDefinition => ({
  cedarJson: JSON.stringify(entities),
});

/** What tells one question of a call from another. */
const questionKey = ({ principal, action, resource, context }: Question): string =>
  canonicalJson([
    [principal.type, principal.id],
    [action.type, action.id],
    [resource.type, resource.id],
    context,
  ]);

/** The key of the question that was sent as this request. Undefined for what is no request of ours. */
function requestKey(request: BatchIsAuthorizedInputItem | undefined): string | undefined {
  if (!request?.principal || !request.action || !request.resource) return undefined;
  const { principal, action, resource, context } = request;
  try {
    return canonicalJson([
      [principal.entityType, principal.entityId],
      [action.actionType, action.actionId],
      [resource.entityType, resource.entityId],
      JSON.parse(context?.cedarJson ?? '{}'),
    ]);
  } catch {
    return undefined;
  }
}

/** A decision that is neither ALLOW nor DENY is no answer. */
export function toRuling({ decision, determiningPolicies, errors }: Answer): Ruling {
  if (decision !== 'ALLOW' && decision !== 'DENY') return { kind: 'unavailable' };
  return {
    kind: 'answered',
    effect: decision,
    determiningPolicies: (determiningPolicies ?? []).map(({ policyId }) => policyId ?? ''),
    errors: (errors ?? []).map(({ errorDescription }) => errorDescription ?? ''),
  };
}

/**
 * The rulings for the questions of one call, in their order. The API promises no order of its answers, so each is found by
 * the request it echoes; a question with no answer, or with two, is unavailable.
 */
export function matchAnswers(
  questions: readonly Question[],
  answers: readonly BatchIsAuthorizedOutputItem[],
): Ruling[] {
  const answersByKey = new Map<string | undefined, BatchIsAuthorizedOutputItem[]>();
  for (const answer of answers) {
    const key = requestKey(answer.request);
    answersByKey.set(key, [...(answersByKey.get(key) ?? []), answer]);
  }
  return questions.map((question) => {
    const [answer, ...others] = answersByKey.get(questionKey(question)) ?? [];
    return answer === undefined || others.length > 0 ? { kind: 'unavailable' } : toRuling(answer);
  });
}
