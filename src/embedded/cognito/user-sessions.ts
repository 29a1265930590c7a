import type { SessionDescriptionType } from '@aws-sdk/client-cognito-identity-provider';

import { operationNotEnabled, resourceNotFound } from './exceptions.js';
import type { UserPool } from './pool-settings.js';
import type { ActiveFamily, RefreshFamily, RefreshFamilyStore } from './refresh-family-store.js';
import { DEFAULT_SESSION_SETTINGS } from './session-settings.js';
import type { User } from './user-store.js';

const PREFIX = 'tkn';
/** A UUID of 128 bits has up to 25 digits of base 36. */
const DIGITS = 25;

/** The id of a token session: 28 lower-case letters and digits. */
export const sessionIdOf = (familyId: string): string =>
  PREFIX +
  BigInt(`0x${familyId.replaceAll('-', '')}`)
    .toString(36)
    .padStart(DIGITS, '0');

export const sessionSettingsOf = (pool: UserPool) => pool.settings.sessions ?? DEFAULT_SESSION_SETTINGS;

const isTracked = (pool: UserPool): boolean => sessionSettingsOf(pool).UserSessionTracking === 'ENABLED';

/** @throws OperationNotEnabledException where the pool does not track sessions */
export function assertTracked(pool: UserPool): void {
  if (!isTracked(pool)) throw operationNotEnabled('Session tracking is not enabled for the user pool.');
}

export const sessionView = (
  { family, lastActiveAt }: ActiveFamily,
  currentFamilyId?: string,
): SessionDescriptionType => ({
  SessionId: sessionIdOf(family.id),
  SessionType: 'TOKEN',
  ClientId: family.clientId,
  CreateDate: family.authenticatedAt,
  LastActiveDate: lastActiveAt,
  DeviceType: 'unknown',
  IsCurrentSession: family.id === currentFamilyId,
});

/**
 * Ends one sign-in of a user.
 * @throws ResourceNotFoundException where the user has no living one of this id
 */
export async function revokeSession(
  families: Pick<RefreshFamilyStore, 'listActive' | 'revoke'>,
  user: User,
  sessionId: string,
): Promise<void> {
  const active = await families.listActive(user);
  const found = active.find(({ family }) => sessionIdOf(family.id) === sessionId);
  if (!found) throw resourceNotFound('Session does not exist.');
  await families.revoke(found.family.id);
}

/** Ends the sign-ins that a user has too many of, the least recently active first, where the pool tracks them. */
export async function evictSessions(
  families: Pick<RefreshFamilyStore, 'listActive' | 'revoke'>,
  pool: UserPool,
  user: User,
  newest: RefreshFamily,
): Promise<void> {
  if (!isTracked(pool)) return;
  const others = (await families.listActive(user)).filter(({ family }) => family.id !== newest.id);
  const kept = sessionSettingsOf(pool).TokenSession.MaxPerUser - 1;
  const oldestFirst = others.toSorted((a, b) => a.lastActiveAt.getTime() - b.lastActiveAt.getTime());
  for (const { family } of oldestFirst.slice(0, Math.max(0, others.length - kept))) {
    await families.revoke(family.id);
  }
}
