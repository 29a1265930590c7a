import { desc, lte, ne } from 'drizzle-orm';

import type { Clock } from '../../services/clock.js';
import type { Db } from '../../services/database/database.js';
import { mailbox } from '../../services/database/schema/embedded-cognito.js';
import { NOBODY, type Mailer, type MessageKind } from './mailer.js';

/** A message as the development mailbox shows it. */
export interface DeliveredMessage {
  readonly to: string;
  readonly kind: MessageKind;
  /** The code, or an invitation's temporary password. */
  readonly code: string;
  readonly sentAt: Date;
}

/** How many messages are kept, the newest. */
const CAPACITY = 1_000;

/** Keeps messages in the database instead of sending them: for development, never for production. */
export const createMailboxMailer = ({ db, clock }: { db: Db; clock: Clock }): Mailer => ({
  async deliver({ to, kind, code, subject, text }) {
    const [added] = await db
      .insert(mailbox)
      .values({ recipient: to, kind, code, subject, body: text, sentAt: clock.now() })
      .returning({ id: mailbox.id });
    if (added && added.id > CAPACITY) await db.delete(mailbox).where(lte(mailbox.id, added.id - CAPACITY));
  },
});

/** The latest messages, newest first. */
export const listMessages = (db: Db, limit: number): Promise<DeliveredMessage[]> =>
  db
    .select({ to: mailbox.recipient, kind: mailbox.kind, code: mailbox.code, sentAt: mailbox.sentAt })
    .from(mailbox)
    .where(ne(mailbox.recipient, NOBODY))
    .orderBy(desc(mailbox.id))
    .limit(limit);
