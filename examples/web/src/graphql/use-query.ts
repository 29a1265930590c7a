import { useEffect, useMemo, useSyncExternalStore } from 'react';

import type { TypedDocumentString } from '../operations/generated.js';
import { useClient } from './client-context.js';
import { LiveQuery, type QueryState } from './live-query.js';

export interface Query<Data> extends QueryState<Data> {
  /** Asks again; fulfilled when the answer is there. */
  readonly reload: () => Promise<void>;
}

/**
 * Asks when its part of the page is first shown, when the variables change, and whenever the tab is looked at again, or
 * comes online: a session that was ended elsewhere is then seen to be, and an outage to be over.
 *
 * @param variables the same object until they change
 */
export function useQuery<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  variables: Variables,
): Query<Data> {
  const client = useClient();
  const query = useMemo(
    () => new LiveQuery(() => client(document, variables)),
    [client, document, variables],
  );
  useEffect(() => {
    const look = () => {
      if (!globalThis.document.hidden) void query.reload();
    };
    globalThis.document.addEventListener('visibilitychange', look);
    addEventListener('online', look);
    return () => {
      globalThis.document.removeEventListener('visibilitychange', look);
      removeEventListener('online', look);
    };
  }, [query]);
  return { ...useSyncExternalStore(query.subscribe, query.read), reload: query.reload };
}
