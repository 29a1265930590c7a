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

/**
 * What tells one request of a call from another: the same for a request as it was sent and as it is echoed with its answer.
 * Undefined for what is no request of ours.
 */
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

/** A decision that is neither ALLOW nor DENY is no answer, and neither is ALLOW by no policy: Cedar allows nothing by itself. */
export function toRuling({ decision, determiningPolicies, errors }: Answer): Ruling {
  const policies = (determiningPolicies ?? []).map(({ policyId }) => policyId ?? '');
  const isAnswer = decision === 'DENY' || (decision === 'ALLOW' && policies.length > 0);
  if (!isAnswer) return { kind: 'unavailable' };
  return {
    kind: 'answered',
    effect: decision,
    determiningPolicies: policies,
    errors: (errors ?? []).map(({ errorDescription }) => errorDescription ?? ''),
  };
}

/**
 * The rulings for the requests of one call, in their order. The API promises no order of its answers, so each is found by
 * the request it echoes; a request with no answer, or with two, is unavailable.
 */
export function matchAnswers(
  requests: readonly BatchIsAuthorizedInputItem[],
  answers: readonly BatchIsAuthorizedOutputItem[],
): Ruling[] {
  if (isInOrder(requests, answers)) return answers.map(toRuling);
  const answersByKey = new Map<string | undefined, BatchIsAuthorizedOutputItem[]>();
  for (const answer of answers) {
    const key = requestKey(answer.request);
    answersByKey.set(key, [...(answersByKey.get(key) ?? []), answer]);
  }
  return requests.map((request) => {
    const [answer, ...others] = answersByKey.get(requestKey(request)) ?? [];
    return answer === undefined || others.length > 0 ? { kind: 'unavailable' } : toRuling(answer);
  });
}

/** Does each answer echo the very request that stands in its place? It nearly always does, and that is soon seen. */
const isInOrder = (
  requests: readonly BatchIsAuthorizedInputItem[],
  answers: readonly BatchIsAuthorizedOutputItem[],
): boolean =>
  answers.length === requests.length &&
  requests.every((request, index) => {
    const echo = answers[index]?.request;
    return (
      echo?.principal?.entityId === request.principal?.entityId &&
      echo?.principal?.entityType === request.principal?.entityType &&
      echo?.action?.actionId === request.action?.actionId &&
      echo?.action?.actionType === request.action?.actionType &&
      echo?.resource?.entityId === request.resource?.entityId &&
      echo?.resource?.entityType === request.resource?.entityType &&
      echo?.context?.cedarJson === request.context?.cedarJson
    );
  });
