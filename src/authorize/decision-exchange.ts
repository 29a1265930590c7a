import { boundedText, isRecord, jsonOf } from './bounded-text.js';
import { readVerdicts, type Verdict } from './decision-answer.js';
import { DecisionFailure, type FailureKind } from './decision-failure.js';
import type { AskedQuestion } from './question.js';

/** Questions that are asked in one request. */
export interface Exchange {
  readonly questions: readonly AskedQuestion[];
  /** Whether the engine is to be asked, whatever Portcullis remembers. */
  readonly fresh: boolean;
  /** Of the person. */
  readonly accessToken: string;
  /** Whom that names; undefined where it does not say. */
  readonly userId: string | undefined;
}

/** What came of an exchange where Portcullis was able to answer. */
export type Outcome =
  | { readonly kind: 'decided'; readonly verdicts: readonly Verdict[] }
  /** The person's token is no good. */
  | { readonly kind: 'unauthenticated' }
  /** The credential of this service is no good. */
  | { readonly kind: 'rejected' };

const QUERY = `query SubgraphDecisions($checks: [DecisionCheck!]!, $fresh: Boolean) {
  decisions(checks: $checks, fresh: $fresh) {
    allowed effect reason principal { type id } action { type id } resource { type id }
  }
}`;

/** More than an answer has with names that are as long as they can be. */
const MAX_BYTES = { least: 64 * 1_024, each: 4 * 1_024 };

/** What may be different the next time, by the codes of docs/schema.md. */
const PASSING = new Set(['UPSTREAM_UNAVAILABLE', 'INTERNAL_SERVER_ERROR']);
const THROTTLING = new Set(['RATE_LIMITED', 'UPSTREAM_THROTTLED']);

/**
 * Asks once.
 *
 * @throws DecisionFailure, or whatever `fetch` fails with
 */
export async function exchange(
  url: URL,
  { questions, fresh, accessToken, userId }: Exchange,
  credential: string,
  signal: AbortSignal,
): Promise<Outcome> {
  const response = await fetch(url, {
    method: 'POST',
    // Nobody else is to get the tokens.
    redirect: 'manual',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      authorization: `Bearer ${credential}`,
      'x-subject-token': accessToken,
    },
    body: `{"query":${JSON.stringify(QUERY)},"variables":{"fresh":${fresh},"checks":[${questions.map(({ check }) => check).join()}]}}`,
    signal,
  });
  const text = await boundedText(response, MAX_BYTES.least + MAX_BYTES.each * questions.length);
  return outcomeOf(response, jsonOf(text), questions, userId);
}

function outcomeOf(
  { status, headers }: Response,
  answer: unknown,
  questions: readonly AskedQuestion[],
  userId: string | undefined,
): Outcome {
  const { data, errors } = isRecord(answer) ? answer : {};
  const [error] = Array.isArray(errors) ? errors.map(readError) : [];
  if (error?.code === 'UNAUTHENTICATED' || status === 401) {
    return { kind: error?.credential === 'SUBJECT' ? 'unauthenticated' : 'rejected' };
  }
  if (status !== 200 || error !== undefined) {
    const kind = kindOf(status, error?.code ?? '');
    throw new DecisionFailure(kind, `Portcullis answers ${error?.code ?? `with status ${status}`}.`, {
      retryable: kind !== 'REFUSED',
      retryAfterMs: error?.retryAfterMs ?? retryAfterOf(headers),
    });
  }
  const verdicts = readVerdicts(isRecord(data) ? data.decisions : undefined, questions, userId);
  if (verdicts === undefined) {
    throw new DecisionFailure('ANSWER', 'What Portcullis answers does not answer the questions.');
  }
  return { kind: 'decided', verdicts };
}

function kindOf(status: number, code: string): FailureKind {
  if (status === 429 || THROTTLING.has(code)) return 'THROTTLED';
  return status >= 500 || PASSING.has(code) ? 'OVERLOADED' : 'REFUSED';
}

interface AnsweredError {
  readonly code: string;
  /** Which credential it is about. */
  readonly credential: unknown;
  readonly retryAfterMs: number | undefined;
}

function readError(error: unknown): AnsweredError {
  const { code, details, retry } = isRecord(error) && isRecord(error.extensions) ? error.extensions : {};
  const seconds = isRecord(retry) ? retry.retryAfter : undefined;
  return {
    // It goes into a log.
    code: typeof code === 'string' && /^[A-Z_]{1,50}$/.test(code) ? code : 'an error without a code',
    credential: isRecord(details) ? details.credential : undefined,
    retryAfterMs: typeof seconds === 'number' ? seconds * 1_000 : undefined,
  };
}

/** In seconds: of the two forms of RFC 9110, section 10.2.3, the one that servers use. */
const retryAfterOf = (headers: Headers): number | undefined => {
  const seconds = /^\d{1,6}$/.exec(headers.get('retry-after') ?? '')?.[0];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
};
