import type { RequestContext } from '../context.js';
import type { UserRecord } from '../services/users/user-store.js';

/** The person that another subgraph refers to; null where there is none. */
export async function resolveUserReference(
  { id }: { id: string },
  context: RequestContext,
): Promise<UserRecord | null> {
  const user = await context.loaders.users.load(id);
  // Apollo writes the name of the type on it, and others may hold the same record.
  return user ? { ...user } : null;
}
