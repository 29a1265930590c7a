import type { RequestContext } from '../context.js';
import { badUserInput } from '../errors.js';
import type { SessionRecord } from '../services/sessions/session.js';
import { connectionOf, LazyEdge, type Connection } from './connection.js';

const MAX_PAGE = 100;

/**
 * A page of one person's sessions, newest first. Cursors are sealed for that person.
 *
 * @throws PortcullisError BAD_USER_INPUT for a page size beyond 1 to 100, or a cursor of another list.
 */
export async function sessionPage(
  { services, loaders }: RequestContext,
  userId: string,
  first: number,
  after: string | null,
): Promise<Connection<SessionRecord>> {
  if (first < 1 || first > MAX_PAGE) throw badUserInput(`first is 1 to ${MAX_PAGE}.`, { argument: 'first' });
  const purpose = `sessions of ${userId}`;
  const start = after === null ? null : services.sealer.open(purpose, after);
  if (start !== null && typeof start !== 'string') {
    throw badUserInput('This cursor is not one of this list.', { argument: 'after' });
  }
  const rows = await services.sessions.pageOf(userId, { limit: first + 1, after: start });
  const page = rows.slice(0, first);
  for (const session of page) loaders.sessions.prime(session.id, session);
  return connectionOf(
    page.map((node) => new LazyEdge(node, () => services.sealer.seal(purpose, node.id))),
    { hasNextPage: rows.length > first, hasPreviousPage: start !== null },
  );
}
