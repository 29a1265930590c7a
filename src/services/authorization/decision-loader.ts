import DataLoader from 'dataloader';

import type { CedarSchema } from '../cedar/schema.js';
import type { CedarValue } from '../cedar/values.js';
import { keyOfEnds } from './decision-key.js';
import type { Decision } from './decision.js';
import {
  decideWave,
  invalid,
  UNAVAILABLE,
  type Check,
  type SourcedVerdict,
  type WaveServices,
} from './decision-wave.js';
import type { PolicyCatalog } from './policy-catalog.js';
import { screenQuestion } from './question-check.js';
import { questionKey, uidText, type Question } from './question.js';
import { withServiceContext, type AskerFacts } from './service-context.js';

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
  readonly catalog: Pick<PolicyCatalog, 'schema'>;
}

/** A schema, once it was read: a store may have none. */
interface ReadSchema {
  readonly schema: CedarSchema | undefined;
}

export function createDecisionLoader(options: DecisionLoaderOptions): DecisionLoader {
  const { cache, catalog, clock, entities, logger, metrics } = options;
  let checks = 0;
  let waves = 0;
  /** One for the whole request, and known at once after the first question. */
  let read: ReadSchema | undefined;
  /** Questions that were asked anew, whatever was known of them; once is enough for a request. */
  const asked = new Set<string>();

  const verdicts = new DataLoader<Check, SourcedVerdict, string>(
    (wave) => {
      checks += wave.length;
      waves += 1;
      return decideWave(wave, read?.schema, options);
    },
    { cacheKeyFn: ({ text }) => text },
  );

  const atOnce = (verdict: SourcedVerdict['verdict']): SourcedVerdict => {
    metrics.decisions.inc({ reason: verdict.reason, source: 'ENGINE' });
    return { verdict, source: 'ENGINE', evaluatedAt: clock.now() };
  };

  const load = (
    original: Question,
    { asker, notAfter, fresh }: DecideOptions,
    { schema }: ReadSchema,
  ): Promise<SourcedVerdict> => {
    const question = asker === undefined ? original : withServiceContext(original, asker, schema);
    const text = questionKey(question);
    const check = { question, text, notAfter: notAfter?.getTime(), fresh };
    if (fresh && !asked.has(text)) verdicts.clear(check);
    if (fresh) asked.add(text);
    const remembered = fresh ? undefined : peek(question, text);
    return remembered === undefined ? verdicts.load(check) : Promise.resolve(remembered);
  };

  /** What is remembered of a question about entities that this request has read: no wave is needed to find it. */
  const peek = (question: Question, text: string): SourcedVerdict | undefined => {
    if (namesMore(question)) return undefined;
    const ends = entities.known?.(question.principal, question.resource);
    if (ends === undefined) return undefined;
    const key = keyOfEnds(text, ends.principal, ends.resource);
    const remembered = cache.peek({ key, principal: uidText(question.principal) });
    if (remembered === undefined) return undefined;
    const { verdict, evaluatedAt } = remembered;
    count(verdict.reason);
    return { verdict, source: 'CACHE', evaluatedAt: new Date(evaluatedAt) };
  };

  /** Of questions that were answered so since they were last reported: that costs more than the answer. */
  const remembered = new Map<Decision['reason'], number>();
  const count = (reason: Decision['reason']): void => {
    if (remembered.size === 0) queueMicrotask(reportRemembered);
    remembered.set(reason, (remembered.get(reason) ?? 0) + 1);
  };
  const reportRemembered = (): void => {
    for (const [reason, number] of remembered) metrics.decisions.inc({ reason, source: 'CACHE' }, number);
    remembered.clear();
  };

  const judge = (question: Question, decideOptions: DecideOptions): Promise<SourcedVerdict> => {
    // Screened first: the text of a question is made by recursion, which a deep context would turn into a crash.
    const faults = screenQuestion(question);
    if (faults.length > 0) return Promise.resolve(atOnce(invalid(faults)));
    if (read !== undefined) return load(question, decideOptions, read);
    return catalog.schema().then((schema) => load(question, decideOptions, (read ??= { schema })));
  };

  const failed = (error: unknown): SourcedVerdict => {
    logger.error({ err: error }, 'A decision failed unexpectedly and is denied.');
    return atOnce(UNAVAILABLE);
  };

  return {
    decide(question, decideOptions = {}) {
      try {
        return judge(question, decideOptions)
          .catch(failed)
          .then((verdict) => toDecision(question, verdict));
      } catch (error) {
        return Promise.resolve(toDecision(question, failed(error)));
      }
    },
    get stats() {
      return { checks, waves };
    },
  };
}

/** Might it lead to more than its two ends? What the service itself says of the asker names nothing. */
const namesMore = ({ context, resourceAttributes }: Question): boolean =>
  resourceAttributes !== undefined || !Object.values(context).every(isPlain);

const isPlain = (value: CedarValue): boolean =>
  typeof value !== 'object' || (Array.isArray(value) && value.every((item) => typeof item !== 'object'));

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
