import type { Logger } from '../logger.js';
import type { SecurityEvents } from '../security-events/security-events.js';
import { createAgentFamilies, differingClient, type ClientFingerprint } from './client-fingerprint.js';
import type { ClientAddress, SessionRecord, SessionStore } from './session.js';

/** What is done about a session whose tokens come from a very different client. */
export type ClientChangePolicy = 'report' | 'end' | 'ignore';

export interface ClientWatch {
  /**
   * Compares who brings a token of a session with who signed in. False where the token is to be refused. Never rejects, and
   * what cannot be compared is admitted.
   */
  admits(session: SessionRecord, client: ClientAddress): boolean | Promise<boolean>;
}

/** How many clients one process remembers to have marked; forgetting them only costs a write that changes nothing. */
const MAX_REMEMBERED = 10_000;

/** Marks sessions whose tokens come from a very different client, reports each client once, and may end the session. */
export function createClientWatch({
  sessions,
  events,
  logger,
  onChange,
}: {
  readonly sessions: Pick<SessionStore, 'markClient' | 'end'>;
  readonly events: Pick<SecurityEvents, 'report'>;
  readonly logger: Logger;
  readonly onChange: ClientChangePolicy;
}): ClientWatch {
  const familyOf = createAgentFamilies();
  const marked = new Set<string>();

  const mark = async ({ id, userId }: SessionRecord, { family, network }: ClientFingerprint) => {
    const client = `${family}, ${network}`;
    const key = `${id} ${client}`;
    if (marked.has(key)) return;
    if (marked.size >= MAX_REMEMBERED) marked.clear();
    marked.add(key);
    try {
      if (!(await sessions.markClient(id, client))) return;
      events.report({ type: 'SESSION_CLIENT_CHANGED', userId, sessionId: id, client: family, network });
    } catch (error) {
      marked.delete(key);
      logger.warn({ err: error, session: id }, 'A session was not marked as used by another client.');
    }
  };

  const end = async (session: SessionRecord, client: ClientFingerprint): Promise<false> => {
    await mark(session, client);
    try {
      await sessions.end(session.id, 'REVOKED');
    } catch (error) {
      logger.error({ err: error, session: session.id }, 'A session was not ended for its other client.');
    }
    return false;
  };

  return {
    admits(session, client) {
      if (onChange === 'ignore') return true;
      try {
        const other = differingClient(familyOf, session, client);
        if (other === undefined) return true;
        if (onChange === 'end') return end(session, other);
        // Nobody waits for it.
        void mark(session, other);
      } catch (error) {
        logger.warn({ err: error, session: session.id }, 'The client of a session was not compared.');
      }
      return true;
    },
  };
}
