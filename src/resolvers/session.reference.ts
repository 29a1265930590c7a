import type { RequestContext } from '../context.js';
import type { SessionRecord } from '../services/sessions/session.js';

/** The session that another subgraph refers to; null where there is none. */
export async function resolveSessionReference(
  { id }: { id: string },
  context: RequestContext,
): Promise<SessionRecord | null> {
  return (await context.loaders.sessions.load(id)) ?? null;
}
