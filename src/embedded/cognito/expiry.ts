import { lt, lte } from 'drizzle-orm';

import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import { challenges, codes, refreshFamilies } from '../../services/database/schema/embedded-cognito.js';
import type { Logger } from '../../services/logger.js';
import { rootCause } from '../root-cause.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Keeps the tables from growing with what has expired. */
export interface Expiry {
  /** Called by whoever adds to them. Deletes the first time, and then once an hour. Never rejects. */
  sweep(): Promise<void>;
}

export function createExpiry({
  db,
  clock,
  logger,
}: {
  db: Db;
  clock: Clock;
  logger: Pick<Logger, 'warn'>;
}): Expiry {
  let sweptAt: number | undefined;
  return {
    async sweep() {
      const now = clock.now();
      if (sweptAt !== undefined && now.getTime() - sweptAt < HOUR) return;
      sweptAt = now.getTime();
      try {
        await db.delete(challenges).where(lte(challenges.expiresAt, now));
        await db.delete(codes).where(lte(codes.expiresAt, now));
        // A family outlives its refresh tokens, which go with it, by the day that an access token may live.
        await db.delete(refreshFamilies).where(lt(refreshFamilies.expiresAt, new Date(now.getTime() - DAY)));
      } catch (error) {
        logger.warn({ err: rootCause(error) }, 'What has expired could not be deleted.');
      }
    },
  };
}
