import type { CedarSchema } from '../cedar/schema.js';
import type { Logger } from '../logger.js';
import type { Authorizer, Ruling } from './authorizer.js';
import type { Decision } from './decision.js';
import type { EntitySource, LoadedEntities } from './entity-source.js';
import type { PolicyCatalog } from './policy-catalog.js';
import { questionCheckOf, type QuestionCheck } from './question-check.js';
import { questionKey, uidText, type Question } from './question.js';
import { withServiceContext, type AskerFacts } from './service-context.js';

/** A question, and what is known of the asker where the question is about them. */
export interface Check {
  readonly question: Question;
  readonly asker: AskerFacts | undefined;
}

/** What a decision comes to, apart from whom it is about. */
export type Verdict = Pick<Decision, 'reason' | 'determiningPolicies' | 'errors'>;

export interface WaveServices {
  readonly authorizer: Authorizer;
  readonly catalog: Pick<PolicyCatalog, 'schema'>;
  readonly entities: EntitySource;
  readonly logger: Pick<Logger, 'error'>;
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
 * Decides screened checks together, in the order asked: holds them against the schema, reads the entities they name, and
 * asks the engine what is then still open, each question once. Never rejects: a check without a verdict is UNAVAILABLE.
 */
export async function decideWave(checks: readonly Check[], services: WaveServices): Promise<Verdict[]> {
  const verdicts = new Map<string, Verdict>();
  let keys: readonly string[] = [];
  try {
    const schema = await services.catalog.schema();
    const questions = checks.map((check) => completed(check, schema));
    keys = questions.map(questionKey);
    const open = new Map(questions.map((question, index) => [keys[index] ?? '', question]));
    await settle(open, verdicts, schema, services);
  } catch (error) {
    services.logger.error({ err: error, checks: checks.length }, 'Decisions failed and are denied.');
  }
  return checks.map((_, index) => verdicts.get(keys[index] ?? '') ?? UNAVAILABLE);
}

const completed = ({ question, asker }: Check, schema: CedarSchema | undefined): Question =>
  asker === undefined ? question : withServiceContext(question, asker, schema);

/** Moves the questions from `open` to `verdicts`, by the cheapest means that suffices for each. */
async function settle(
  open: Map<string, Question>,
  verdicts: Map<string, Verdict>,
  schema: CedarSchema | undefined,
  { authorizer, entities, logger }: WaveServices,
): Promise<void> {
  const settleBy = (judge: (question: Question) => Verdict | undefined) => {
    for (const [key, question] of open) {
      const verdict = judge(question);
      if (verdict === undefined) continue;
      verdicts.set(key, verdict);
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
    principals: named.map(({ principal }) => principal),
    resources: named.map(({ resource }) => resource),
  });
  for (const [entity, error] of loaded.failed) {
    logger.error({ err: error, entity }, 'An entity could not be read: decisions about it are denied.');
  }
  settleBy((question) => judgeByEntities(question, loaded));
  const asked = [...open];
  if (asked.length === 0) return;
  const rulings = await authorizer.authorize(
    asked.map(([, question]) => question),
    loaded.entities,
  );
  for (const [index, [key]] of asked.entries()) verdicts.set(key, judgeByRuling(rulings[index]));
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
