import { eq, lte } from 'drizzle-orm';

import type { Clock } from '../clock.js';
import type { Db } from '../database/database.js';
import { promisedEndings } from '../database/schema/identity.js';
import type { Logger } from '../logger.js';
import type { Randomness } from '../randomness.js';
import type { SessionEndReason, SessionStore } from './session.js';

/** Whose sessions are to end once a change is made, and why; all of them but `except`. */
export interface PromisedEnding {
  readonly userId: string;
  readonly reason: SessionEndReason;
  readonly except?: string;
}

/**
 * Changes that Cognito keeps and that end sessions, which are kept here: no transaction holds both. What is to end is on record
 * before the change is made, so that it ends even where a process dies, or loses the database, in between.
 */
export interface PromisedEndings {
  /**
   * Makes the change. Where it fails, nothing is to end.
   * @returns what the change did, and what then ends the sessions and says how many
   */
  before<Result>(
    ending: PromisedEnding,
    change: () => Promise<Result>,
  ): Promise<{ readonly result: Result; readonly end: () => Promise<number> }>;
  /** Ends what others promised to a minute ago or longer. It never rejects: what fails is tried again the next time. */
  keepOverdue(): Promise<void>;
}

/** Longer than a change and its ending take, with all their calls of Cognito tried twice. */
const OVERDUE_MS = 60_000;

export function createPromisedEndings({
  db,
  sessions,
  clock,
  randomness,
  logger,
}: {
  readonly db: Db;
  readonly sessions: Pick<SessionStore, 'endAllOf'>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly logger: Logger;
}): PromisedEndings {
  const forget = async (id: string) => {
    await db.delete(promisedEndings).where(eq(promisedEndings.id, id));
  };

  const keep = async (id: string, { userId, reason, except }: PromisedEnding): Promise<number> => {
    const ended = await sessions.endAllOf(userId, reason, except === undefined ? {} : { except });
    await forget(id).catch((error: unknown) =>
      // Kept once more, it also ends what began since: better than never.
      logger.warn({ err: error, user: userId }, 'Sessions that have ended will be ended again.'),
    );
    return ended;
  };

  return {
    async before(ending, change) {
      const id = randomness.uuid();
      const { userId, reason, except: exceptSession = null } = ending;
      await db.insert(promisedEndings).values({ id, userId, reason, exceptSession, promisedAt: clock.now() });
      try {
        return { result: await change(), end: () => keep(id, ending) };
      } catch (error) {
        await forget(id).catch((cause: unknown) =>
          logger.warn({ err: cause, user: userId }, 'Sessions will end for a change that was not made.'),
        );
        throw error;
      }
    },

    async keepOverdue() {
      try {
        const before = new Date(clock.now().getTime() - OVERDUE_MS);
        const overdue = await db
          .select()
          .from(promisedEndings)
          .where(lte(promisedEndings.promisedAt, before));
        for (const { id, userId, reason, exceptSession } of overdue) {
          const ended = await keep(id, { userId, reason, ...(exceptSession && { except: exceptSession }) });
          logger.warn(
            { user: userId, reason, ended },
            'Sessions were ended for a process that did not come to it.',
          );
        }
      } catch (error) {
        logger.warn({ err: error }, 'Sessions that are to end could not be looked for.');
      }
    },
  };
}
