import { eq, lte } from 'drizzle-orm';

import type { Clock } from '../clock.js';
import { mayHaveBeenMade } from '../cognito/lost-answer.js';
import type { Db } from '../database/database.js';
import { promisedEndings } from '../database/schema/identity.js';
import type { Logger } from '../logger.js';
import type { Randomness } from '../randomness.js';
import type { EndingOptions, SessionEndReason, SessionStore } from './session.js';

/** Whose sessions are to end once a change is made, and why; all of them but `except`. */
export interface PromisedEnding {
  readonly userId: string;
  readonly reason: SessionEndReason;
  readonly except?: string;
}

/**
 * Changes that Cognito keeps and that end sessions, which are kept here: no transaction holds both. What is to end is on record
 * before the change is made, so that it ends even where a process dies, or loses the database or Cognito's answer, in between.
 */
export interface PromisedEndings {
  /**
   * Makes the change. Where it is refused, nothing is to end; where its answer is lost, sessions end as if it had been made.
   * @returns what the change did, and what then ends the sessions and says how many
   */
  before<Result>(
    ending: PromisedEnding,
    change: () => Promise<Result>,
  ): Promise<{ readonly result: Result; readonly end: () => Promise<number> }>;
  /** Ends what others promised to a minute ago or longer. It never rejects: what fails is tried again the next time. */
  keepOverdue(): Promise<void>;
}

/** A change has been made so soon, or never, in milliseconds. */
const MADE_WITHIN_MS = 30_000;

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

  const keep = async (id: string, userId: string, reason: SessionEndReason, spared: EndingOptions) => {
    const ended = await sessions.endAllOf(userId, reason, spared);
    await forget(id).catch((error: unknown) =>
      // Kept once more, it finds little to end.
      logger.warn({ err: error, user: userId }, 'Sessions that have ended will be looked for again.'),
    );
    return ended;
  };

  const keepLate = async (promised: typeof promisedEndings.$inferSelect) => {
    const { id, userId, reason, exceptSession } = promised;
    // Who has signed in since did so with what is good now.
    const begunBefore = new Date(promised.promisedAt.getTime() + MADE_WITHIN_MS);
    try {
      const ended = await keep(id, userId, reason, {
        begunBefore,
        ...(exceptSession !== null && { except: exceptSession }),
      });
      logger.warn(
        { user: userId, reason, ended },
        'Sessions were ended after a change whose own call did not come to it.',
      );
    } catch (error) {
      logger.warn({ err: error, user: userId }, 'Sessions that are to end did not.');
    }
  };

  return {
    async before(ending, change) {
      const id = randomness.uuid();
      const { userId, reason, except } = ending;
      await db
        .insert(promisedEndings)
        .values({ id, userId, reason, exceptSession: except ?? null, promisedAt: clock.now() });
      try {
        return {
          result: await change(),
          end: () => keep(id, userId, reason, except === undefined ? {} : { except }),
        };
      } catch (error) {
        if (!mayHaveBeenMade(error)) {
          await forget(id).catch((cause: unknown) =>
            logger.warn({ err: cause, user: userId }, 'Sessions will end for a change that was not made.'),
          );
        }
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
        for (const promised of overdue) await keepLate(promised);
      } catch (error) {
        logger.warn({ err: error }, 'Sessions that are to end could not be looked for.');
      }
    },
  };
}
