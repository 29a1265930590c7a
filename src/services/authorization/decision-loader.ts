import DataLoader from 'dataloader';

import type { Clock } from '../clock.js';
import { canonicalJson } from './canonical-json.js';
import type { Decision } from './decision.js';
import {
  decideWave,
  invalid,
  UNAVAILABLE,
  type Check,
  type Verdict,
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

/** The one way to a decision, one for each request. */
export interface DecisionLoader {
  /**
   * Decides. `asker` is given where the principal is who is signed in here, and overrules the question's context. What is
   * asked within a tick is asked together, and what was asked before is not asked again. Never rejects: what cannot be
   * decided is denied as UNAVAILABLE.
   */
  decide(question: Question, asker?: AskerFacts): Promise<Decision>;
  readonly stats: DecisionStats;
}

export interface DecisionLoaderOptions extends WaveServices {
  readonly clock: Clock;
}

export function createDecisionLoader(options: DecisionLoaderOptions): DecisionLoader {
  const { clock, logger } = options;
  let checks = 0;
  let waves = 0;

  const verdicts = new DataLoader<Check, Verdict, string>(
    (wave) => {
      checks += wave.length;
      waves += 1;
      return decideWave(wave, options);
    },
    { cacheKeyFn: ({ question, asker }) => `${questionKey(question)} ${canonicalJson(asker ?? null)}` },
  );

  return {
    async decide(question, asker) {
      try {
        // Screened first: the key of a question is made by recursion, which a deep context would turn into a crash.
        const faults = screenQuestion(question);
        if (faults.length > 0) return toDecision(question, invalid(faults), clock);
        return toDecision(question, await verdicts.load({ question, asker }), clock);
      } catch (error) {
        logger.error({ err: error }, 'A decision failed unexpectedly and is denied.');
        return toDecision(question, UNAVAILABLE, clock);
      }
    },
    get stats() {
      return { checks, waves };
    },
  };
}

const toDecision = ({ principal, action, resource }: Question, verdict: Verdict, clock: Clock): Decision => ({
  allowed: verdict.reason === 'PERMITTED',
  effect: verdict.reason === 'PERMITTED' ? 'ALLOW' : 'DENY',
  ...verdict,
  principal,
  action,
  resource,
  source: 'ENGINE',
  evaluatedAt: clock.now(),
});
