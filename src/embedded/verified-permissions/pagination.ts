import { invalid } from './exceptions.js';

/** The page size where none is asked for, and the largest one. */
export const PAGE_SIZE = 50;

/** Where the last page ended. @throws AwsServiceError ValidationException */
export function readNextToken(token: string | undefined): string {
  if (token === undefined) return '';
  const after = Buffer.from(token, 'base64url').toString();
  if (/^after:[A-Za-z0-9]+$/.test(after)) return after.slice('after:'.length);
  throw invalid('nextToken', 'is not a token of this operation.');
}

/** Cuts one row more than a page back to the page, and says where the next one begins. */
export function toPage<Row extends { id: string }>(
  rows: readonly Row[],
  size: number,
): { items: Row[]; nextToken?: string } {
  const items = rows.slice(0, size);
  const last = items.at(-1);
  if (rows.length <= size || last === undefined) return { items };
  return { items, nextToken: Buffer.from(`after:${last.id}`).toString('base64url') };
}
