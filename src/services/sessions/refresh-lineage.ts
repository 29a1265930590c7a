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
 * Which refresh token of a session comes after which. The session remembers the newest generation that was used, and by
 * which token; whatever else of that generation or an older one comes is a copy (RFC 9700, 4.14.2).
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
      const [session] = await db
        .update(sessions)
        .set({ refreshGeneration: sql`${refreshTokenDigests.generation}`, refreshDigest: digest })
        .from(refreshTokenDigests)
        .where(
          and(
            eq(refreshTokenDigests.digest, digest),
            eq(sessions.id, refreshTokenDigests.sessionId),
            isNull(sessions.endedAt),
            gt(sessions.expiresAt, clock.now()),
            or(
              lt(sessions.refreshGeneration, refreshTokenDigests.generation),
              eq(sessions.refreshDigest, digest),
            ),
          ),
        )
        .returning({ ...sessionColumns, generation: sessions.refreshGeneration });
      if (!session) {
        const found = await findByDigest(digest);
        return found?.endedAt === null ? { kind: 'reused', session: found } : { kind: 'refused' };
      }
      const { generation, ...row } = session;
      return { kind: 'claimed', session: row, generation, digest };
    },

    async add({ session, generation, digest }, successor) {
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
            .where(and(eq(sessions.id, session.id), eq(sessions.refreshDigest, Buffer.from(digest)))),
        )
        // A repeated trade may be answered with the very token of the first one.
        .onConflictDoUpdate({ target: refreshTokenDigests.digest, set: { sessionId: session.id } })
        .returning({ digest: refreshTokenDigests.digest });
      return added.length > 0;
    },
  };
}
