import { setImmediate } from 'node:timers/promises';

import type { Logger } from '../logger.js';
import type { Comparison, EngineName, Metrics } from '../telemetry/metrics.js';
import type { Authorizer, Ruling } from './authorizer.js';
import { untilAborted } from './deadline.js';
import { uidText, type CedarEntity, type Question } from './question.js';

/** One of the two engines that are compared. */
export interface ComparedEngine {
  readonly name: EngineName;
  readonly authorizer: Authorizer;
  /** What its policies are called where both engines speak of the same ones, in the order asked. Never rejects. */
  readonly namesOf: (policyIds: readonly string[]) => Promise<readonly string[]>;
}

export interface ShadowAuthorizerOptions {
  readonly answering: ComparedEngine;
  readonly other: ComparedEngine;
  readonly logger: Pick<Logger, 'debug' | 'warn' | 'error'>;
  readonly metrics: Pick<Metrics, 'comparisons'>;
  /** How many calls of `authorize` are being compared at once; of further ones the other engine is not asked. */
  readonly atOnce?: number;
  /** Makes the signal that ends the patience with one comparison; ten seconds by default. */
  readonly deadline?: () => AbortSignal;
}

export interface ShadowAuthorizer extends Authorizer {
  /** Resolves once no comparison is under way. */
  idle(): Promise<void>;
}

/** Where one policy set is replaced by the next, both engines need not decide by the same: a few differences mean nothing. */
export function createShadowAuthorizer({
  answering,
  other,
  logger,
  metrics,
  atOnce = 100,
  deadline = () => AbortSignal.timeout(10_000),
}: ShadowAuthorizerOptions): ShadowAuthorizer {
  const underWay = new Set<Promise<void>>();

  async function compareAll(
    questions: readonly Question[],
    entities: readonly CedarEntity[],
    answers: readonly Ruling[],
  ): Promise<void> {
    // Whoever asked goes on first.
    await setImmediate();
    const others = await otherRulings(questions, entities);
    let unanswered = 0;
    for (const [index, question] of questions.entries()) {
      const pair = [answers[index], others[index]] as const;
      const outcome = await compare(pair, [answering, other]);
      metrics.comparisons.inc({ outcome });
      if (outcome === 'unanswered') unanswered += 1;
      else if (outcome !== 'same') report(question, outcome, pair);
    }
    if (unanswered > 0) reportUnanswered(questions.length, unanswered, 'One of two engines did not answer.');
  }

  /** Whoever asked has long been answered, so that their deadline says nothing of this. None where it takes too long. */
  async function otherRulings(
    questions: readonly Question[],
    entities: readonly CedarEntity[],
  ): Promise<readonly Ruling[]> {
    const signal = deadline();
    try {
      return await untilAborted(signal, () => other.authorizer.authorize(questions, entities, signal));
    } catch (error) {
      if (signal.aborted) return [];
      throw error;
    }
  }

  /** Without ids, contexts and attributes: the log is not the place for who asked what about whom. */
  function report(
    { principal, action, resource }: Question,
    difference: Comparison,
    [answer, otherAnswer]: RulingPair,
  ): void {
    logger.warn(
      {
        difference,
        action: uidText(action),
        principalType: principal.type,
        resourceType: resource.type,
        [answering.name]: described(answer),
        [other.name]: described(otherAnswer),
      },
      'Two engines differ on a decision.',
    );
  }

  /** For who looks into it: why an engine does not answer it says itself, and metrics count how often. */
  function reportUnanswered(questions: number, unanswered: number, why: string): void {
    logger.debug({ answering: answering.name, other: other.name, questions, unanswered }, why);
  }

  return {
    async authorize(questions, entities, requestDeadline) {
      const answers = await answering.authorizer.authorize(questions, entities, requestDeadline);
      if (questions.length === 0) return answers;
      if (underWay.size >= atOnce) {
        metrics.comparisons.inc({ outcome: 'unanswered' }, questions.length);
        reportUnanswered(
          questions.length,
          questions.length,
          'Too many comparisons of engines are under way.',
        );
        return answers;
      }
      const comparison = compareAll(questions, entities, answers)
        .catch((error: unknown) => logger.error({ err: error }, 'Two engines could not be compared.'))
        .finally(() => underWay.delete(comparison));
      underWay.add(comparison);
      return answers;
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

type RulingPair = readonly [Ruling | undefined, Ruling | undefined];

async function compare(
  [one, two]: RulingPair,
  [first, second]: readonly [ComparedEngine, ComparedEngine],
): Promise<Comparison> {
  if (one === undefined || two === undefined) return 'unanswered';
  if (one.kind === 'unavailable' || two.kind === 'unavailable') return 'unanswered';
  if (one.kind !== 'answered' || two.kind !== 'answered') return one.kind === two.kind ? 'same' : 'kind';
  if (one.effect !== two.effect) return 'effect';
  // Two engines word their errors differently, but one makes no error that the other does not.
  if (one.errors.length !== two.errors.length) return 'policies';
  if (isSame(one.determiningPolicies, two.determiningPolicies)) return 'same';
  const [names, others] = await Promise.all([
    first.namesOf(one.determiningPolicies),
    second.namesOf(two.determiningPolicies),
  ]);
  return isSame(names, others) ? 'same' : 'policies';
}

/** In whatever order. */
const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.toSorted().join('\n') === others.toSorted().join('\n');

const described = (ruling: Ruling | undefined) =>
  ruling?.kind === 'answered'
    ? { effect: ruling.effect, policies: ruling.determiningPolicies, errors: ruling.errors.length }
    : { kind: ruling?.kind ?? 'unavailable' };
