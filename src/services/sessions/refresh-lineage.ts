import { and, eq, gt, isNull, lt, or, sql } from 'drizzle-orm';

import type { Clock } from '../clock.js';
import { constantRow } from '../database/constant-row.js';
import type { Db } from '../database/database.js';
import { refreshTokenDigests, sessions } from '../database/schema/identity.js';
import { asOf, sessionColumns } from './session-row.js';
import type { SessionRecord, SessionStore } from './session.js';

export interface RefreshLineage {
  readonly find: SessionStore['findByRefreshToken'];
  readonly claim: SessionStore['claimRefreshToken'];
  readonly add: SessionStore['addRefreshToken'];
}

/**
 * For how long after the first use of a generation its other tokens may be used too, in milliseconds. Who asks twice with one
 * token holds two successors, as two windows of a browser do, and both ask again when the access tokens run out.
 */
const SIBLINGS_GRACE_MS = 30_000;

/**
 * Which refresh token of a session comes after which. The session remembers the newest generation that was used, when that
 * began, and by which token it was last; what comes of that generation later, or of an older one, is a copy (RFC 9700, 4.14.2).
 */
export function createRefreshLineage({
  db,
  clock,
  digestOf,
}: {
  readonly db: Db;
  readonly clock: Clock;
  readonly digestOf: (token: string) => Buffer;
}): RefreshLineage {
  const findByDigest = async (digest: Buffer): Promise<SessionRecord | undefined> => {
    const [found] = await db
      .select(sessionColumns)
      .from(refreshTokenDigests)
      .innerJoin(sessions, eq(sessions.id, refreshTokenDigests.sessionId))
      .where(eq(refreshTokenDigests.digest, digest));
    return found && asOf(clock.now(), found);
  };

  return {
    find: (refreshToken) => findByDigest(digestOf(refreshToken)),

    async claim(refreshToken) {
      const digest = digestOf(refreshToken);
      const now = clock.now();
      const isNewest = lt(sessions.refreshGeneration, refreshTokenDigests.generation);
      const [session] = await db
        .update(sessions)
        .set({
          refreshGeneration: sql`${refreshTokenDigests.generation}`,
          refreshGenerationUsedAt: sql`case when ${isNewest} then ${now.toISOString()}::timestamptz
            else ${sessions.refreshGenerationUsedAt} end`,
          refreshDigest: digest,
        })
        .from(refreshTokenDigests)
        .where(
          and(
            eq(refreshTokenDigests.digest, digest),
            eq(sessions.id, refreshTokenDigests.sessionId),
            isNull(sessions.endedAt),
            gt(sessions.expiresAt, now),
            or(
              isNewest,
              // Cognito has a grace of its own for it.
              eq(sessions.refreshDigest, digest),
              and(
                eq(sessions.refreshGeneration, refreshTokenDigests.generation),
                gt(sessions.refreshGenerationUsedAt, new Date(now.getTime() - SIBLINGS_GRACE_MS)),
              ),
            ),
          ),
        )
        .returning({ ...sessionColumns, generation: sessions.refreshGeneration });
      if (!session) {
        const found = await findByDigest(digest);
        return found?.endedAt === null ? { kind: 'reused', session: found } : { kind: 'refused' };
      }
      const { generation, ...row } = session;
      return { kind: 'claimed', session: row, generation };
    },

    async add({ session, generation }, successor) {
      const next = {
        digest: digestOf(successor),
        sessionId: session.id,
        issuedAt: clock.now(),
        generation: generation + 1,
      };
      const added = await db
        .insert(refreshTokenDigests)
        .select(
          db
            .select(constantRow(refreshTokenDigests, next))
            .from(sessions)
            .where(and(eq(sessions.id, session.id), eq(sessions.refreshGeneration, generation))),
        )
        // A repeated trade may be answered with the very token of the first one.
        .onConflictDoUpdate({ target: refreshTokenDigests.digest, set: { sessionId: session.id } })
        .returning({ digest: refreshTokenDigests.digest });
      return added.length > 0;
    },
  };
}
