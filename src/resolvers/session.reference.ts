import type { RequestContext } from '../context.js';
import type { SessionRecord } from '../services/sessions/session.js';

/** The session that another subgraph refers to; null where there is none. */
export async function resolveSessionReference(
  { id }: { id: string },
  context: RequestContext,
): Promise<SessionRecord | null> {
  const session = await context.loaders.sessions.load(id);
  // Apollo writes the name of the type on it, and others may hold the same record.
  return session ? { ...session } : null;
}
