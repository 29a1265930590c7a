import type { RequestContext } from '../context.js';
import type { UserRecord } from '../services/users/user-store.js';

/** The person that another subgraph refers to; null where there is none. */
export async function resolveUserReference(
  { id }: { id: string },
  context: RequestContext,
): Promise<UserRecord | null> {
  return (await context.loaders.users.load(id)) ?? null;
}
