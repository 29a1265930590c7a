import { asc, eq, lte } from 'drizzle-orm';

import type { Db } from '../../services/database/database.js';
import { outbox } from '../../services/database/schema/embedded-cognito.js';
import type { Message } from './mailer.js';

/** A message in the hands of one sender. */
export interface ClaimedMessage extends Message {
  readonly id: number;
  readonly writtenAt: Date;
  /** The present one included. */
  readonly tries: number;
}

/** Messages that wait to be sent, for whoever works on the database. */
export interface OutboxStore {
  add(message: Message, now: Date): Promise<void>;
  /** One message that is due, the longest first. Until `until` it is nobody else's. */
  claim(now: Date, until: Date): Promise<ClaimedMessage | undefined>;
  postpone(id: number, until: Date): Promise<void>;
  remove(id: number): Promise<void>;
  /** When the next message is due. */
  nextDue(): Promise<Date | undefined>;
}

export const createOutboxStore = (db: Db): OutboxStore => ({
  async add({ to, kind, code, subject, text }, now) {
    await db
      .insert(outbox)
      .values({ recipient: to, kind, code, subject, body: text, writtenAt: now, dueAt: now });
  },

  claim: (now, until) =>
    db.transaction(async (tx) => {
      const [row] = await tx
        .select()
        .from(outbox)
        .where(lte(outbox.dueAt, now))
        .orderBy(asc(outbox.dueAt), asc(outbox.id))
        .limit(1)
        .for('update', { skipLocked: true });
      if (!row) return undefined;
      const tries = row.tries + 1;
      await tx.update(outbox).set({ dueAt: until, tries }).where(eq(outbox.id, row.id));
      const { id, recipient: to, kind, code, subject, body: text, writtenAt } = row;
      return { id, to, kind, code, subject, text, writtenAt, tries };
    }),

  async postpone(id, until) {
    await db.update(outbox).set({ dueAt: until }).where(eq(outbox.id, id));
  },

  async remove(id) {
    await db.delete(outbox).where(eq(outbox.id, id));
  },

  async nextDue() {
    const [next] = await db.select({ dueAt: outbox.dueAt }).from(outbox).orderBy(asc(outbox.dueAt)).limit(1);
    return next?.dueAt;
  },
});
