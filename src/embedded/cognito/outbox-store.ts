import { asc, eq, lte } from 'drizzle-orm';

import type { Db } from '../../services/database/database.js';
import { outbox } from '../../services/database/schema/embedded-cognito.js';
import type { Message } from './mailer.js';
import type { SecretBox } from './secret-box.js';

/** What lets in whoever reads it. */
type Content = Pick<Message, 'code' | 'subject' | 'text'>;

/** A message in the hands of one sender. */
export interface ClaimedMessage extends Pick<Message, 'to' | 'kind'> {
  readonly id: number;
  /** Undefined where it was sealed under a key that is gone. */
  readonly content: Content | undefined;
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

/** A message is sealed for its recipient: swapped in the database, it reaches nobody. */
export function createOutboxStore(db: Db, secrets: SecretBox): OutboxStore {
  const claimRow = (now: Date, until: Date) =>
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
      return { ...row, tries };
    });

  const open = async (sealed: Buffer, to: string): Promise<Content | undefined> => {
    try {
      return JSON.parse(await secrets.open(sealed, ownerOf(to))) as Content;
    } catch {
      return undefined;
    }
  };

  return {
    async add({ to, kind, ...content }, now) {
      const sealedContent = await secrets.seal(JSON.stringify(content satisfies Content), ownerOf(to));
      await db.insert(outbox).values({ recipient: to, kind, sealedContent, writtenAt: now, dueAt: now });
    },

    async claim(now, until) {
      const row = await claimRow(now, until);
      if (!row) return undefined;
      const { id, recipient: to, kind, sealedContent, writtenAt, tries } = row;
      return { id, to, kind, content: await open(sealedContent, to), writtenAt, tries };
    },

    async postpone(id, until) {
      await db.update(outbox).set({ dueAt: until }).where(eq(outbox.id, id));
    },

    async remove(id) {
      await db.delete(outbox).where(eq(outbox.id, id));
    },

    async nextDue() {
      const [next] = await db
        .select({ dueAt: outbox.dueAt })
        .from(outbox)
        .orderBy(asc(outbox.dueAt))
        .limit(1);
      return next?.dueAt;
    },
  };
}

const ownerOf = (to: string) => `outbox ${to}`;
