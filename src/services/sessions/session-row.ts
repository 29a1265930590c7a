import { sessions } from '../database/schema/identity.js';
import type { SessionRecord } from './session.js';

/** What is read of a session; the rest of its row is for the statements alone that decide by it. */
export const sessionColumns = {
  id: sessions.id,
  family: sessions.family,
  userId: sessions.userId,
  userType: sessions.userType,
  createdAt: sessions.createdAt,
  lastSeenAt: sessions.lastSeenAt,
  expiresAt: sessions.expiresAt,
  endedAt: sessions.endedAt,
  endReason: sessions.endReason,
  ipAddress: sessions.ipAddress,
  userAgent: sessions.userAgent,
  mfaAuthenticated: sessions.mfaAuthenticated,
  cognitoSessionId: sessions.cognitoSessionId,
  suspiciousSince: sessions.suspiciousSince,
};

export type SessionRow = Pick<typeof sessions.$inferSelect, keyof typeof sessionColumns>;

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
    suspiciousSince: row.suspiciousSince === null ? null : new Date(row.suspiciousSince),
  };
}
