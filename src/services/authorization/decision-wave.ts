import { indexEntities } from '../cedar/entity-closure.js';
import type { CedarSchema } from '../cedar/schema.js';
import { createTurns } from '../cedar/turns.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { Authorizer, Ruling } from './authorizer.js';
import type { DecisionCache } from './decision-cache/decision-cache.js';
import { decisionKeys, type KeyedQuestion } from './decision-key.js';
import type { Decision, Verdict } from './decision.js';
import type { EntitySource, LoadedEntities } from './entity-source.js';
import { questionCheckOf, type QuestionCheck } from './question-check.js';
import { namedBeside, uidText, type Question } from './question.js';
import { readableErrors } from './readable-errors.js';

/** A screened question. */
export interface Check extends KeyedQuestion {
  /** One for each question. */
  readonly text: string;
  /** Milliseconds since the epoch of Unix from which its answer is not remembered: the end of the asker's credential. */
  readonly notAfter?: number | undefined;
  /** Whether the engine is asked whatever is remembered. */
  readonly fresh?: boolean | undefined;
}

/** A verdict, and when and by whom it was found. */
export interface SourcedVerdict {
  readonly verdict: Verdict;
  readonly source: Decision['source'];
  /** Milliseconds since the epoch of Unix. */
  readonly evaluatedAt: number;
}

export interface WaveServices {
  readonly authorizer: Authorizer;
  readonly cache: Pick<DecisionCache, 'lookUp' | 'peek'>;
  readonly entities: EntitySource;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
  readonly metrics: Pick<Metrics, 'decisions'>;
  /** Ends the patience with an engine, for all waves of a request together. Asked for once an engine is needed. */
  readonly deadline?: (() => AbortSignal) | undefined;
}

const denied = (reason: Decision['reason'], errors: readonly string[] = []): Verdict => ({
  reason,
  determiningPolicies: [],
  errors: readableErrors(errors),
});

export const invalid = (errors: readonly string[]): Verdict => denied('INVALID', errors);
export const UNAVAILABLE = denied('UNAVAILABLE');
const NOBODY = denied('NOT_PERMITTED', ['The principal does not exist.']);

/**
 * Decides checks together, in the order asked: holds them against the schema, reads the entities they name, looks for what is
 * remembered, and asks the engine what is then still open, each question once. Never rejects: a check without a verdict is
 * UNAVAILABLE.
 */
export async function decideWave(
  checks: readonly Check[],
  schema: CedarSchema | undefined,
  services: WaveServices,
): Promise<SourcedVerdict[]> {
  const wave = new Wave(checks, services);
  try {
    await wave.settle(schema);
  } catch (error) {
    services.logger.error({ err: error, checks: checks.length }, 'Decisions failed and are denied.');
  }
  return wave.verdicts();
}

/** Checks that are decided together, and what has become of each so far. */
class Wave {
  readonly #checks: readonly Check[];
  readonly #services: WaveServices;
  readonly #now: number;
  readonly #settled: (SourcedVerdict | undefined)[];

  constructor(checks: readonly Check[], services: WaveServices) {
    this.#checks = checks;
    this.#services = services;
    this.#now = services.clock.now().getTime();
    this.#settled = checks.map(() => undefined);
  }

  /** Settles every check by the cheapest means that suffices for it. */
  async settle(schema: CedarSchema | undefined): Promise<void> {
    const { entities, logger } = this.#services;
    this.#settleBy(judgeByNames);
    if (schema !== undefined) await this.#settleBySchema(questionCheckOf(schema));
    const named = this.#open();
    if (named.length === 0) return;
    const loaded = await entities.load({
      principals: named.map(({ check }) => check.question.principal),
      others: named.flatMap(({ check }) => [check.question.resource, ...namedBeside(check.question)]),
    });
    for (const [entity, error] of loaded.failed) {
      logger.error({ err: error, entity }, 'An entity could not be read: decisions about it are denied.');
    }
    if (loaded.failed.size + loaded.absent.size > 0) {
      this.#settleBy((question) => judgeByEntities(question, loaded));
    }
    await this.#settleByEngine(loaded);
  }

  /** What each check came to, in the order asked. */
  verdicts(): SourcedVerdict[] {
    const verdicts = this.#settled.map((verdict) => verdict ?? this.#sourced(UNAVAILABLE));
    count(verdicts, this.#services.metrics);
    return verdicts;
  }

  #open(): { check: Check; index: number }[] {
    return this.#checks.flatMap((check, index) =>
      this.#settled[index] === undefined ? [{ check, index }] : [],
    );
  }

  #sourced(verdict: Verdict): SourcedVerdict {
    return { verdict, source: 'ENGINE', evaluatedAt: this.#now };
  }

  #settleBy(judge: (question: Question) => Verdict | undefined): void {
    for (const [index, { question }] of this.#checks.entries()) {
      if (this.#settled[index] !== undefined) continue;
      const verdict = judge(question);
      if (verdict !== undefined) this.#settled[index] = this.#sourced(verdict);
    }
  }

  /**
   * In turns with whatever else the process does: of contexts that are all different, each takes a call of Cedar.
   *
   * @throws the deadline's reason once it has passed
   */
  async #settleBySchema(check: QuestionCheck): Promise<void> {
    const { clock, deadline, logger } = this.#services;
    const turn = createTurns(clock);
    const until = deadline?.();
    for (const [index, { question }] of this.#checks.entries()) {
      if (this.#settled[index] !== undefined) continue;
      const pause = turn();
      if (pause !== undefined) await pause;
      until?.throwIfAborted();
      const verdict = judgeBySchema(question, check, logger);
      if (verdict !== undefined) this.#settled[index] = this.#sourced(verdict);
    }
  }

  /** By what the engine said before, where that still holds, or else by what it says now. */
  async #settleByEngine({ entities }: LoadedEntities): Promise<void> {
    const { authorizer, cache, clock, deadline } = this.#services;
    const asked = this.#open();
    const keyOf = decisionKeys(indexEntities(entities));
    const { found, keep } = await cache.lookUp(
      asked.map(({ check }) => ({
        ...keyOf(check),
        principal: uidText(check.question.principal),
        notAfter: check.notAfter,
        fresh: check.fresh,
      })),
    );
    /** The places of each question: one may be asked both anew and not. */
    const open = new Map<string, number[]>();
    for (const [place, { check, index }] of asked.entries()) {
      const remembered = found[place];
      if (remembered === undefined) open.set(check.text, [...(open.get(check.text) ?? []), place]);
      else {
        const { verdict, evaluatedAt } = remembered;
        this.#settled[index] = { verdict, source: 'CACHE', evaluatedAt };
      }
    }
    if (open.size === 0) return;

    const places = [...open.values()];
    const questions = places.flatMap(([first = 0]) => asked[first]?.check.question ?? []);
    const rulings = await authorizer.authorize(questions, entities, deadline?.());
    const answers = new Map(
      places.flatMap((same, number) => {
        const verdict = judgeByRuling(rulings[number]);
        return same.map((place) => [place, verdict] as const);
      }),
    );
    keep(answers);
    const evaluatedAt = clock.now().getTime();
    for (const [place, verdict] of answers) {
      const index = asked[place]?.index;
      if (index !== undefined) this.#settled[index] = { verdict, source: 'ENGINE', evaluatedAt };
    }
  }
}

function count(verdicts: readonly SourcedVerdict[], { decisions }: WaveServices['metrics']): void {
  const counts = new Map<string, { labels: { reason: Decision['reason']; source: string }; count: number }>();
  for (const { verdict, source } of verdicts) {
    const key = `${verdict.reason} ${source}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { labels: { reason: verdict.reason, source }, count: 1 });
    else known.count += 1;
  }
  for (const { labels, count: number } of counts.values()) decisions.inc(labels, number);
}

/** Whoever asks says how many: each is a read of the directory. */
const MAX_NAMED = 50;

function judgeByNames(question: Question): Verdict | undefined {
  return namedBeside(question).length > MAX_NAMED
    ? invalid([`A question names at most ${MAX_NAMED} entities in its context and attributes.`])
    : undefined;
}

function judgeBySchema(
  question: Question,
  check: QuestionCheck,
  logger: WaveServices['logger'],
): Verdict | undefined {
  try {
    const faults = check(question);
    return faults.length > 0 ? invalid(faults) : undefined;
  } catch (error) {
    logger.error({ err: error }, 'A question could not be held against the schema and is denied.');
    return UNAVAILABLE;
  }
}

/**
 * Nobody may do anything who does not exist. Cedar would skip each policy that reads an attribute of theirs, the forbidding
 * ones included, so this is not left to it.
 */
function judgeByEntities(question: Question, { absent, failed }: LoadedEntities): Verdict | undefined {
  const { principal, resource } = question;
  const named = [principal, resource, ...namedBeside(question)];
  if (failed.size > 0 && named.some((uid) => failed.has(uidText(uid)))) return UNAVAILABLE;
  return absent.has(uidText(principal)) ? NOBODY : undefined;
}

function judgeByRuling(ruling: Ruling | undefined): Verdict {
  if (ruling?.kind === 'invalid') return invalid(ruling.errors);
  if (ruling?.kind !== 'answered') return UNAVAILABLE;
  const { effect, determiningPolicies } = ruling;
  const errors = readableErrors(ruling.errors);
  if (effect === 'ALLOW') return { reason: 'PERMITTED', determiningPolicies, errors };
  return {
    reason: determiningPolicies.length > 0 ? 'FORBIDDEN' : 'NOT_PERMITTED',
    determiningPolicies,
    errors,
  };
}
