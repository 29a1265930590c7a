import type { UserRecord, UserType } from './user-store.js';

/** Cognito's own. A longer page costs no more of its quota than a short one, but is more to read and to throw away. */
export const PAGE_LIMIT = 60;
/** Of how many people a cursor knows that they stand before whoever comes next. */
export const REMEMBERED = 8;

/** A page of Cognito as it was read. */
export interface PageRead {
  readonly pool: UserType;
  /** The token that brought it; null for a pool's first page. */
  readonly token: string | null;
  /** How long it was asked to be. */
  readonly limit: number;
  /** Everybody on it, whether the filter keeps them or not. */
  readonly users: readonly UserRecord[];
  /** The last few of its pool whom the same request read before it. */
  readonly before: readonly UserRecord[];
}

/** Behind a person of a page; before everybody where the index is -1. */
export interface ListPlace {
  readonly page: PageRead;
  readonly index: number;
}

/** The place before everybody of a page that is not read yet. */
export const beginning = (
  pool: UserType,
  token: string | null,
  before: readonly UserRecord[],
): ListPlace => ({ page: { pool, token, limit: PAGE_LIMIT, users: [], before }, index: -1 });

/** The last few people up to a place, in the order in which Cognito gave them. */
export function lastBefore({ page: { users, before }, index }: ListPlace): readonly UserRecord[] {
  const here = users.slice(Math.max(0, index + 1 - REMEMBERED), index + 1);
  const missing = REMEMBERED - here.length;
  return missing > 0 && before.length > 0 ? [...before.slice(-missing), ...here] : here;
}

/** 32 bits of an id (FNV-1a): enough to tell apart the people of two pages, and made in no time. */
export function fingerprintOf({ id }: UserRecord): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}
