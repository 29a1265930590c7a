import type { DecisionReason } from '../services/authorization/decision.js';
import type { EntityUid } from '../services/authorization/question.js';
import { isRecord } from './bounded-text.js';
import type { AskedQuestion } from './question.js';

/** What Portcullis said to one question. */
export interface Verdict {
  readonly allowed: boolean;
  readonly reason: DecisionReason;
  /** Whom it was decided for. */
  readonly principal: EntityUid;
}

const REASONS: ReadonlySet<unknown> = new Set<DecisionReason>([
  'PERMITTED',
  'FORBIDDEN',
  'NOT_PERMITTED',
  'INVALID',
  'UNAVAILABLE',
]);

/** For anybody else nothing is to be decided here, least of all for the service that asks. */
const PERSON = 'Identity::User';

/**
 * Reads the answers to some questions: as many as were asked, each to its own question, all for one person, the one that the token
 * names, and none that contradicts itself; undefined where anything is wrong with any of them.
 *
 * @param userId whom the token names; undefined where it does not say
 */
export function readVerdicts(
  decisions: unknown,
  questions: readonly AskedQuestion[],
  userId: string | undefined,
): readonly Verdict[] | undefined {
  if (!Array.isArray(decisions) || decisions.length !== questions.length) return undefined;
  const verdicts = questions.flatMap((question, index) => readVerdict(decisions[index], question) ?? []);
  const person = userId ?? verdicts[0]?.principal.id;
  const isWhole =
    verdicts.length === questions.length && verdicts.every(({ principal }) => principal.id === person);
  return isWhole ? verdicts : undefined;
}

function readVerdict(decision: unknown, { action, resource }: AskedQuestion): Verdict | undefined {
  if (!isRecord(decision)) return undefined;
  const { allowed, effect, reason, principal } = decision;
  if (!isUid(principal) || principal.type !== PERSON) return undefined;
  if (!isSame(decision.action, action) || !isSame(decision.resource, resource)) return undefined;
  const isAllowed = reason === 'PERMITTED';
  if (!REASONS.has(reason) || allowed !== isAllowed || effect !== (isAllowed ? 'ALLOW' : 'DENY')) {
    return undefined;
  }
  return { allowed: isAllowed, reason: reason as DecisionReason, principal };
}

const isUid = (value: unknown): value is EntityUid =>
  isRecord(value) && typeof value.type === 'string' && typeof value.id === 'string';

const isSame = (value: unknown, { type, id }: EntityUid): boolean =>
  isUid(value) && value.type === type && value.id === id;
