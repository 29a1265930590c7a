import type { Client } from '../graphql/client.js';
import { Failure } from '../graphql/failure.js';
import { SignOutDocument } from '../operations/generated.js';
import type { SessionStore } from './session-store.js';

/**
 * Ends the session at the service, and in all tabs of this browser whether the service hears it or not: the tokens do not stay
 * with a person who has left.
 *
 * @returns whether the session has ended at the service; a session that it no longer takes has
 */
export async function signOut(client: Client, sessions: SessionStore): Promise<boolean> {
  const session = sessions.read();
  try {
    await client(SignOutDocument, {});
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return error.code === 'UNAUTHENTICATED';
  } finally {
    if (session !== null) sessions.end(session);
  }
}
