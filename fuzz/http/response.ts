import type { Answered } from '../answered.js';
import { Finding } from '../verdict.js';
import type { EntityUid } from '../../src/services/cedar/values.js';
import type { Posted } from './malformed.js';

/** A decision, as GraphQL answers it. */
export interface SentDecision extends Omit<Answered['decision'], 'determiningPolicies'> {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly determiningPolicies: readonly { readonly id: string }[] | null;
}

/** A well-formed answer. */
export interface Answer {
  readonly data: Readonly<Record<string, SentDecision | readonly SentDecision[]>> | null;
  /** The codes of its errors. */
  readonly codes: readonly string[];
  readonly tookMs: number;
}

/** Nobody waits longer: an engine that is embedded, and a thousand checks on a busy machine. */
const LONGEST_MS = 10_000;

/**
 * Posts it.
 *
 * @param about who posts what, for who reads of a finding
 * @throws Finding where it is not answered in time, or not as GraphQL is answered over HTTP
 */
export async function send(
  url: string,
  { body, token, contentType }: Posted,
  about: object,
): Promise<Answer> {
  const began = performance.now();
  const evidence: Record<string, unknown> = { ...about, body: body.slice(0, 2_000), contentType };
  let response: Response;
  let text: string;
  try {
    response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': contentType,
        ...(token !== undefined && { authorization: `Bearer ${token.replaceAll(/[^\x20-\x7e]/g, '?')}` }),
      },
      body,
      signal: AbortSignal.timeout(LONGEST_MS),
    });
    text = await response.text();
  } catch (error) {
    throw new Finding('There is no answer.', { ...evidence, error });
  }
  evidence['status'] = response.status;
  evidence['text'] = text.slice(0, 2_000);
  if (response.status >= 500) throw new Finding('The service says that it failed.', evidence);
  const answer = read(text);
  if (answer === undefined) throw new Finding('The answer is not one of GraphQL.', evidence);
  if (answer.codes.includes('INTERNAL_SERVER_ERROR'))
    throw new Finding('An error that nobody foresaw.', evidence);
  if (answer.data === null && answer.codes.length === 0)
    throw new Finding('Neither data nor errors.', evidence);
  return { ...answer, tookMs: performance.now() - began };
}

/** Undefined where it has not the form of one. */
function read(text: string): Omit<Answer, 'tookMs'> | undefined {
  try {
    const { data = null, errors = [] } = JSON.parse(text) as {
      data?: Answer['data'];
      errors?: readonly { message: unknown; extensions: { code: unknown; requestId: unknown } }[];
    };
    const codes = errors.map(({ message, extensions: { code, requestId } }) => {
      const isWhole = [message, code, requestId].every((part) => typeof part === 'string' && part !== '');
      if (!isWhole || !/^[A-Z_]+$/.test(String(code))) throw new TypeError('An error of another form.');
      return String(code);
    });
    return typeof data === 'object' ? { data, codes } : undefined;
  } catch {
    return undefined;
  }
}
