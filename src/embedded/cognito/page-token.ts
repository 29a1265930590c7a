import { z } from 'zod';

import { digest, sameSecret } from './digests.js';
import { invalidParameter } from './exceptions.js';
import { text } from './input.js';

const content = z.object({ after: text(256, 1), query: z.string() });

/** The token of the page that begins after `after`; it is good for the same query only. */
export const pageTokenAfter = (after: string, ...query: string[]) =>
  Buffer.from(JSON.stringify({ after, query: fingerprint(query) })).toString('base64url');

/**
 * Where the page of a token begins.
 * @throws InvalidParameterException for a token of another query, and for what is no token
 */
export function readPageToken(pageToken: string | undefined, ...query: string[]): string | undefined {
  if (pageToken === undefined) return undefined;
  const parsed = content.safeParse(parseJson(Buffer.from(pageToken, 'base64url').toString()));
  if (!parsed.success || !sameSecret(parsed.data.query, fingerprint(query))) {
    throw invalidParameter('Invalid pagination token given.');
  }
  return parsed.data.after;
}

/**
 * Cuts a page out of rows of which one more was read than wanted.
 * @param key where the next page begins after
 */
export function cutPage<Row>(
  rows: readonly Row[],
  limit: number,
  key: (row: Row) => string,
  ...query: string[]
) {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next = rows.length > limit && last !== undefined ? pageTokenAfter(key(last), ...query) : undefined;
  return { page, next };
}

const fingerprint = (query: string[]) => digest(...query).toString('base64url', 0, 12);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
