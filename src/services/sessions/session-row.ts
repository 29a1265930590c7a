import type { sessions } from '../database/schema/identity.js';
import type { SessionRecord } from './session.js';

export type SessionRow = typeof sessions.$inferSelect;

/** A session as it stands now: one whose time is over has ended by itself, though nobody wrote that down. */
export function asOf(now: Date, row: SessionRow): SessionRecord {
  if (row.endedAt !== null || row.expiresAt > now) return row;
  return { ...row, endedAt: row.expiresAt, endReason: 'EXPIRED' };
}

/** A row that went through a cache as JSON, in which dates are text. */
export function reviveRow(json: unknown): SessionRow {
  const row = json as SessionRow;
  return {
    ...row,
    createdAt: new Date(row.createdAt),
    lastSeenAt: new Date(row.lastSeenAt),
    expiresAt: new Date(row.expiresAt),
    endedAt: row.endedAt === null ? null : new Date(row.endedAt),
  };
}
