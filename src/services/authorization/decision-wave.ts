import type { CedarSchema } from '../cedar/schema.js';
import { indexEntities } from '../cedar/entity-closure.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { Authorizer, Ruling } from './authorizer.js';
import type { DecisionCache } from './decision-cache/decision-cache.js';
import { decisionKeys } from './decision-key.js';
import type { Decision, Verdict } from './decision.js';
import type { EntitySource, LoadedEntities } from './entity-source.js';
import type { PolicyCatalog } from './policy-catalog.js';
import { questionCheckOf, type QuestionCheck } from './question-check.js';
import { questionKey, uidText, type Question } from './question.js';
import { withServiceContext, type AskerFacts } from './service-context.js';

/** A question, and what is known of the asker where the question is about them. */
export interface Check {
  readonly question: Question;
  readonly asker: AskerFacts | undefined;
  /** Milliseconds since the epoch of Unix from which its answer is not remembered: the end of the asker's credential. */
  readonly notAfter?: number | undefined;
  /** Whether the engine is asked whatever is remembered. */
  readonly fresh?: boolean | undefined;
}

/** A verdict, and when and by whom it was found. */
export interface SourcedVerdict {
  readonly verdict: Verdict;
  readonly source: Decision['source'];
  readonly evaluatedAt: Date;
}

export interface WaveServices {
  readonly authorizer: Authorizer;
  readonly cache: Pick<DecisionCache, 'lookUp'>;
  readonly catalog: Pick<PolicyCatalog, 'schema'>;
  readonly entities: EntitySource;
  readonly clock: Clock;
  readonly logger: Pick<Logger, 'error'>;
  /** Ends the patience with an engine, for all waves of a request together. Asked for once an engine is needed. */
  readonly deadline?: (() => AbortSignal) | undefined;
}

const denied = (reason: Decision['reason'], errors: readonly string[] = []): Verdict => ({
  reason,
  determiningPolicies: [],
  errors,
});

export const invalid = (errors: readonly string[]): Verdict => denied('INVALID', errors);
export const UNAVAILABLE = denied('UNAVAILABLE');
const NOBODY = denied('NOT_PERMITTED', ['The principal does not exist.']);

/**
 * Decides screened checks together, in the order asked: holds them against the schema, reads the entities they name, looks for
 * what is remembered, and asks the engine what is then still open, each question once. Never rejects: a check without a
 * verdict is UNAVAILABLE.
 */
export async function decideWave(
  checks: readonly Check[],
  services: WaveServices,
): Promise<SourcedVerdict[]> {
  const verdicts = new Map<string, SourcedVerdict>();
  let keys: readonly string[] = [];
  try {
    const schema = await services.catalog.schema();
    const completed = checks.map((check) => complete(check, schema));
    keys = completed.map(({ text, fresh }) => (fresh ? `fresh ${text}` : text));
    const open = new Map(completed.map((check, index) => [keys[index] ?? '', check]));
    await settle(open, verdicts, schema, services);
  } catch (error) {
    services.logger.error({ err: error, checks: checks.length }, 'Decisions failed and are denied.');
  }
  return checks.map((_, index) => verdicts.get(keys[index] ?? '') ?? sourced(UNAVAILABLE, services.clock));
}

const sourced = (verdict: Verdict, clock: Clock): SourcedVerdict => ({
  verdict,
  source: 'ENGINE',
  evaluatedAt: clock.now(),
});

/** A check whose question is the one that is decided, and that question's own text. */
interface CompleteCheck extends Check {
  readonly text: string;
}

function complete(check: Check, schema: CedarSchema | undefined): CompleteCheck {
  const { asker } = check;
  const question = asker === undefined ? check.question : withServiceContext(check.question, asker, schema);
  return { ...check, question, text: questionKey(question) };
}

/** Moves the checks from `open` to `verdicts`, by the cheapest means that suffices for each. */
async function settle(
  open: Map<string, CompleteCheck>,
  verdicts: Map<string, SourcedVerdict>,
  schema: CedarSchema | undefined,
  services: WaveServices,
): Promise<void> {
  const { entities, clock, logger } = services;
  const settleBy = (judge: (question: Question) => Verdict | undefined) => {
    for (const [key, { question }] of open) {
      const verdict = judge(question);
      if (verdict === undefined) continue;
      verdicts.set(key, sourced(verdict, clock));
      open.delete(key);
    }
  };

  if (schema !== undefined) {
    const check = questionCheckOf(schema);
    settleBy((question) => judgeBySchema(question, check, logger));
  }
  const named = [...open.values()];
  if (named.length === 0) return;
  const loaded = await entities.load({
    principals: named.map(({ question }) => question.principal),
    resources: named.map(({ question }) => question.resource),
  });
  for (const [entity, error] of loaded.failed) {
    logger.error({ err: error, entity }, 'An entity could not be read: decisions about it are denied.');
  }
  settleBy((question) => judgeByEntities(question, loaded));
  if (open.size > 0) await settleByEngine([...open], verdicts, loaded, services);
}

/** By what the engine said before, where that still holds, or else by what it says now. */
async function settleByEngine(
  asked: readonly (readonly [key: string, check: CompleteCheck])[],
  verdicts: Map<string, SourcedVerdict>,
  { entities }: LoadedEntities,
  { authorizer, cache, clock, deadline }: WaveServices,
): Promise<void> {
  const keyOf = decisionKeys(indexEntities(entities));
  const { found, keep } = await cache.lookUp(
    asked.map(([, { question, text, notAfter, fresh }]) => ({
      key: keyOf(question, text),
      principal: uidText(question.principal),
      notAfter,
      fresh,
    })),
  );
  const open: number[] = [];
  for (const [index, [key]] of asked.entries()) {
    const remembered = found[index];
    if (remembered === undefined) {
      open.push(index);
      continue;
    }
    const { verdict, evaluatedAt } = remembered;
    verdicts.set(key, { verdict, source: 'CACHE', evaluatedAt: new Date(evaluatedAt) });
  }
  if (open.length === 0) return;

  const rulings = await authorizer.authorize(
    open.flatMap((index) => asked[index]?.[1].question ?? []),
    entities,
    deadline?.(),
  );
  const answers = new Map(open.map((index, place) => [index, judgeByRuling(rulings[place])]));
  keep(answers);
  for (const [index, verdict] of answers) verdicts.set(asked[index]?.[0] ?? '', sourced(verdict, clock));
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
function judgeByEntities(
  { principal, resource }: Question,
  { absent, failed }: LoadedEntities,
): Verdict | undefined {
  if (failed.has(uidText(principal)) || failed.has(uidText(resource))) return UNAVAILABLE;
  return absent.has(uidText(principal)) ? NOBODY : undefined;
}

function judgeByRuling(ruling: Ruling | undefined): Verdict {
  if (ruling?.kind === 'invalid') return invalid(ruling.errors);
  if (ruling?.kind !== 'answered') return UNAVAILABLE;
  const { effect, determiningPolicies, errors } = ruling;
  if (effect === 'ALLOW') return { reason: 'PERMITTED', determiningPolicies, errors };
  return {
    reason: determiningPolicies.length > 0 ? 'FORBIDDEN' : 'NOT_PERMITTED',
    determiningPolicies,
    errors,
  };
}
