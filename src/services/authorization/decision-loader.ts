import DataLoader from 'dataloader';

import type { Metrics } from '../telemetry/metrics.js';
import { canonicalJson } from './canonical-json.js';
import type { Decision } from './decision.js';
import {
  decideWave,
  invalid,
  UNAVAILABLE,
  type Check,
  type SourcedVerdict,
  type WaveServices,
} from './decision-wave.js';
import { screenQuestion } from './question-check.js';
import { questionKey, type Question } from './question.js';
import type { AskerFacts } from './service-context.js';

/** What the decisions of one loader took. */
export interface DecisionStats {
  /** Distinct checks. */
  readonly checks: number;
  /** Rounds in which they were asked: those of one tick share a round. */
  readonly waves: number;
}

export interface DecideOptions {
  /** Given where the principal is who is signed in here; it overrules the question's context. */
  readonly asker?: AskerFacts | undefined;
  /** When the asker's credential ends: the answer is not remembered beyond that. */
  readonly notAfter?: Date | undefined;
  /** Whether the engine is asked whatever is remembered. */
  readonly fresh?: boolean | undefined;
}

/** The one way to a decision, one for each request. */
export interface DecisionLoader {
  /**
   * Decides. What is asked within a tick is asked together, and what was asked before is not asked again. Never rejects: what
   * cannot be decided is denied as UNAVAILABLE.
   */
  decide(question: Question, options?: DecideOptions): Promise<Decision>;
  readonly stats: DecisionStats;
}

export interface DecisionLoaderOptions extends WaveServices {
  readonly metrics: Pick<Metrics, 'decisions'>;
}

export function createDecisionLoader(options: DecisionLoaderOptions): DecisionLoader {
  const { clock, logger, metrics } = options;
  let checks = 0;
  let waves = 0;

  const verdicts = new DataLoader<Check, SourcedVerdict, string>(
    (wave) => {
      checks += wave.length;
      waves += 1;
      return decideWave(wave, options);
    },
    {
      cacheKeyFn: ({ question, asker, fresh }) =>
        `${fresh ? 'fresh ' : ''}${questionKey(question)} ${canonicalJson(asker ?? null)}`,
    },
  );

  const now = (verdict: SourcedVerdict['verdict']): SourcedVerdict => ({
    verdict,
    source: 'ENGINE',
    evaluatedAt: clock.now(),
  });

  const judge = async (
    question: Question,
    { asker, notAfter, fresh }: DecideOptions,
  ): Promise<SourcedVerdict> => {
    try {
      // Screened first: the key of a question is made by recursion, which a deep context would turn into a crash.
      const faults = screenQuestion(question);
      if (faults.length > 0) return now(invalid(faults));
      return await verdicts.load({ question, asker, notAfter: notAfter?.getTime(), fresh });
    } catch (error) {
      logger.error({ err: error }, 'A decision failed unexpectedly and is denied.');
      return now(UNAVAILABLE);
    }
  };

  return {
    async decide(question, decideOptions = {}) {
      const decision = toDecision(question, await judge(question, decideOptions));
      metrics.decisions.inc({ reason: decision.reason, source: decision.source });
      return decision;
    },
    get stats() {
      return { checks, waves };
    },
  };
}

const toDecision = (
  { principal, action, resource }: Question,
  { verdict, source, evaluatedAt }: SourcedVerdict,
): Decision => ({
  allowed: verdict.reason === 'PERMITTED',
  effect: verdict.reason === 'PERMITTED' ? 'ALLOW' : 'DENY',
  ...verdict,
  principal,
  action,
  resource,
  source,
  evaluatedAt,
});
