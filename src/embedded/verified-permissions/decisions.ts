import type { KnownEntities } from '../../services/cedar/known-entities.js';
import { readQuestion, type Question } from './authorization-input.js';
import type { CompiledStore } from './compiled-stores.js';
import { invalid } from './exceptions.js';

/** The three members in which IsAuthorized and every result of BatchIsAuthorized answer. */
export interface DecisionOutput {
  decision: 'ALLOW' | 'DENY';
  determiningPolicies: { policyId: string }[];
  errors: { errorDescription: string }[];
}

/**
 * Answers one question. What the store's schema does not know (an action, a type, a member of the context) fails the call
 * rather than being denied.
 * @param path where the question stands in the input, such as `requests.3.`; empty for the input itself
 * @throws AwsServiceError ValidationException
 * @throws CedarUnavailableError
 */
export function decide(
  { policySet, validationMode }: CompiledStore,
  question: Question,
  entities: KnownEntities,
  path = '',
): DecisionOutput {
  const answer = policySet.decide({
    ...readQuestion(question, path),
    entities,
    validateRequest: validationMode === 'STRICT',
  });
  const refusal = answer.errors.find(({ policyId }) => policyId === undefined);
  if (refusal !== undefined) throw invalid(path.replace(/\.$/, ''), refusal.message);
  return {
    decision: answer.effect,
    determiningPolicies: answer.determiningPolicies.map((policyId) => ({ policyId })),
    errors: answer.errors.map(({ policyId, message }) => ({
      errorDescription: `error while evaluating policy \`${policyId}\`: ${message}`,
    })),
  };
}
