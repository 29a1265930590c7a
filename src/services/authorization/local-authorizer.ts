import { indexEntities, type EntityIndex } from '../cedar/entity-closure.js';
import { KnownEntities } from '../cedar/known-entities.js';
import type { ReadyQuestion } from '../cedar/policy-set.js';
import { createTurns } from '../cedar/turns.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { PoliciesInUse, PolicyHolder } from '../policies/policies-in-use.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { Authorizer, Ruling } from './authorizer.js';
import { separateDescriptions } from './brought-attributes.js';
import { entitySlice } from './entity-slice.js';
import type { CedarEntity, Question } from './question.js';

export interface LocalAuthorizerOptions {
  readonly policies: PolicyHolder;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
  readonly metrics: Pick<Metrics, 'engineQuestions' | 'engineCalls' | 'engineSeconds'>;
}

const UNAVAILABLE: Ruling = { kind: 'unavailable' };
/** What Cedar has to say may quote attributes of stored entities. */
const REFUSED: Ruling = { kind: 'invalid', errors: ['The policy engine refuses this question.'] };

/** So many questions are made ready together, and then asked one after the other. */
const MADE_READY = 100;

const OPERATION = { engine: 'local', operation: 'Decide' } as const;

/**
 * Decides in this process, with Cedar's own engine. All questions of one `authorize` are decided by the same policies. A
 * question on which the engine fails is unavailable, and no other for its sake.
 */
export function createLocalAuthorizer({
  policies,
  clock,
  logger,
  metrics,
}: LocalAuthorizerOptions): Authorizer {
  async function ruleOnAll(
    questions: readonly Question[],
    entities: readonly CedarEntity[],
    inUse: PoliciesInUse,
    deadline: AbortSignal | undefined,
  ): Promise<{ rulings: Ruling[]; failure: unknown }> {
    const rulings = questions.map(() => UNAVAILABLE);
    let failure: unknown;
    const turn = createTurns(clock);
    const index = indexEntities(entities);
    for (const part of separateDescriptions(questions, index)) {
      const entitiesOf = entitiesFor(
        part.flatMap((place) => questions.slice(place, place + 1)),
        entities,
        index,
      );
      for (let begin = 0; begin < part.length; begin += MADE_READY) {
        const places = part.slice(begin, begin + MADE_READY);
        const ready: ReadyQuestion[] = [];
        for (const place of places) {
          const pause = turn();
          if (pause !== undefined) await pause;
          ready.push(prepare(questions[place], entitiesOf, inUse));
        }
        for (const [index, place] of places.entries()) {
          const pause = turn();
          if (pause !== undefined) await pause;
          if (deadline?.aborted) return { rulings, failure: deadline.reason };
          try {
            rulings[place] = rule(ready[index]);
          } catch (error) {
            failure = error;
          }
        }
      }
    }
    return { rulings, failure };
  }

  return {
    async authorize(questions, entities, deadline) {
      if (questions.length === 0) return [];
      metrics.engineQuestions.inc({ engine: 'local' }, questions.length);
      const inUse = policies.current();
      if (inUse === undefined) {
        metrics.engineCalls.inc({ ...OPERATION, outcome: 'failed' });
        return questions.map(() => UNAVAILABLE);
      }
      const end = metrics.engineSeconds.startTimer(OPERATION);
      const { rulings, failure } = await ruleOnAll(questions, entities, inUse, deadline);
      end();
      metrics.engineCalls.inc({ ...OPERATION, outcome: failure === undefined ? 'answered' : 'failed' });
      if (failure !== undefined) {
        const unanswered = rulings.filter((ruling) => ruling === UNAVAILABLE).length;
        logger.error({ err: failure, questions: questions.length, unanswered }, 'The policy engine failed.');
      }
      return rulings;
    },
  };
}

/**
 * The entities of questions that may share them. Where some cannot be handed to the engine, each question has its own, so that
 * only those suffer which are about them.
 */
function entitiesFor(
  questions: readonly Question[],
  entities: readonly CedarEntity[],
  index: EntityIndex,
): (question: Question) => KnownEntities {
  const bringsAny = questions.some(({ resourceAttributes }) => resourceAttributes !== undefined);
  const shared = KnownEntities.of(bringsAny ? entitySlice(questions, index) : entities);
  if (shared.refusal === undefined) return () => shared;
  return (question) => KnownEntities.of(entitySlice([question], index));
}

/** What goes wrong on the way goes wrong when it is asked. */
function prepare(
  question: Question | undefined,
  entitiesOf: (question: Question) => KnownEntities,
  { set, contents: { validatesRequests: validateRequest } }: PoliciesInUse,
): ReadyQuestion {
  try {
    if (question === undefined) throw new Error('There is no such question.');
    const { principal, action, resource, context } = question;
    const entities = entitiesOf(question);
    const followsLiterals = false;
    return set.prepare({ principal, action, resource, context, entities, validateRequest, followsLiterals });
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

/** @throws CedarUnavailableError */
function rule(ready: ReadyQuestion | undefined): Ruling {
  if (ready === undefined) return UNAVAILABLE;
  const { effect, determiningPolicies, errors } = ready();
  if (errors.some(({ policyId }) => policyId === undefined)) return REFUSED;
  return {
    kind: 'answered',
    effect,
    determiningPolicies,
    // In Verified Permissions' words.
    errors: errors.map(
      ({ policyId, message }) => `error while evaluating policy \`${policyId}\`: ${message}`,
    ),
  };
}
