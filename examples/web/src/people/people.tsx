import { useMemo, useState, type ReactNode } from 'react';

import { useQuery } from '../graphql/use-query.js';
import { PeopleDocument } from '../operations/generated.js';
import { DoneNotice } from '../parts/done-notice.js';
import { FailureNotice } from '../parts/failure-notice.js';
import { Loading } from '../parts/loading.js';
import { PersonRow } from './person-row.js';

/** The people whom the viewer may read, each with buttons for what the viewer may do to them. */
export function People({ viewerId }: { readonly viewerId: string }) {
  const [after, setAfter] = useState<string | null>(null);
  const variables = useMemo(() => ({ after }), [after]);
  const { data, failure, reload } = useQuery(PeopleDocument, variables);
  const [done, setDone] = useState<ReactNode>(null);
  const users = data?.users ?? null;

  async function finish(text: ReactNode): Promise<void> {
    await reload();
    setDone(text);
  }

  return (
    <section className="card" aria-labelledby="people">
      <h2 id="people">People</h2>
      <DoneNotice text={done} />
      <FailureNotice failure={failure} />
      {users === null && failure === null && <Loading />}
      <ul className="rows">
        {users?.nodes.map((person) => (
          <PersonRow key={person.id} person={person} isViewer={person.id === viewerId} onDone={finish} />
        ))}
      </ul>
      {users !== null && (
        <nav className="actions" aria-label="Pages of people">
          {after !== null && (
            <button type="button" onClick={() => setAfter(null)}>
              First page
            </button>
          )}
          {users.pageInfo.hasNextPage && (
            <button type="button" onClick={() => setAfter(users.pageInfo.endCursor)}>
              Next page
            </button>
          )}
        </nav>
      )}
    </section>
  );
}
