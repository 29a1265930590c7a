import { fieldsOf, isOneOf, isTextOrNull, reviveDate } from '../cache/revive.js';
import { SESSION_END_REASONS, sessions } from '../database/schema/identity.js';
import { USER_TYPES } from '../users/user-store.js';
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

/** A row that went through a cache as JSON; undefined for what is none. */
export function reviveRow(json: unknown): SessionRow | undefined {
  const fields = fieldsOf<SessionRow>(json);
  const { id, family, userId, userType, endReason, ipAddress, userAgent } = fields;
  const { mfaAuthenticated, cognitoSessionId } = fields;
  const createdAt = reviveDate(fields.createdAt);
  const lastSeenAt = reviveDate(fields.lastSeenAt);
  const expiresAt = reviveDate(fields.expiresAt);
  const endedAt = reviveDateOrNull(fields.endedAt);
  const suspiciousSince = reviveDateOrNull(fields.suspiciousSince);
  const isRow =
    typeof id === 'string' &&
    typeof family === 'string' &&
    typeof userId === 'string' &&
    isOneOf(USER_TYPES, userType) &&
    createdAt !== undefined &&
    lastSeenAt !== undefined &&
    expiresAt !== undefined &&
    endedAt !== undefined &&
    (endReason === null || isOneOf(SESSION_END_REASONS, endReason)) &&
    isTextOrNull(ipAddress) &&
    isTextOrNull(userAgent) &&
    typeof mfaAuthenticated === 'boolean' &&
    isTextOrNull(cognitoSessionId) &&
    suspiciousSince !== undefined;
  if (!isRow) return undefined;
  return {
    id,
    family,
    userId,
    userType,
    createdAt,
    lastSeenAt,
    expiresAt,
    endedAt,
    endReason,
    ipAddress,
    userAgent,
    mfaAuthenticated,
    cognitoSessionId,
    suspiciousSince,
  };
}

const reviveDateOrNull = (json: unknown): Date | null | undefined =>
  json === null ? null : reviveDate(json);
