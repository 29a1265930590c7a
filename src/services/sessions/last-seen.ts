import { and, eq, lte } from 'drizzle-orm';

import type { Clock } from '../clock.js';
import type { Db } from '../database/database.js';
import { sessions } from '../database/schema/identity.js';
import type { Logger } from '../logger.js';
import type { SessionRecord } from './session.js';

const AT_MOST_EVERY_MS = 60_000;
/** How many sessions one process remembers to have noted; forgetting them only costs a write that changes nothing. */
const MAX_REMEMBERED = 10_000;

/** Notes when a session was last used, at most once a minute each. Nobody waits for it, and it never fails a request. */
export function createLastSeenNotes(db: Db, clock: Clock, logger: Logger): (session: SessionRecord) => void {
  const notedAt = new Map<string, number>();

  return ({ id, lastSeenAt }) => {
    const now = clock.now();
    const before = Math.max(lastSeenAt.getTime(), notedAt.get(id) ?? 0);
    if (now.getTime() - before < AT_MOST_EVERY_MS) return;
    if (notedAt.size >= MAX_REMEMBERED) notedAt.clear();
    notedAt.set(id, now.getTime());
    const noted = new Date(now.getTime() - AT_MOST_EVERY_MS);
    db.update(sessions)
      .set({ lastSeenAt: now })
      .where(and(eq(sessions.id, id), lte(sessions.lastSeenAt, noted)))
      .then(undefined, (error: unknown) =>
        logger.warn({ err: error, session: id }, 'The use of a session was not noted.'),
      );
  };
}
