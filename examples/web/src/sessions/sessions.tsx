import { useState } from 'react';

import { useClient } from '../graphql/client-context.js';
import { useAction } from '../graphql/use-action.js';
import { useQuery } from '../graphql/use-query.js';
import { MySessionsDocument, RevokeOtherSessionsDocument } from '../operations/generated.js';
import { DoneNotice } from '../parts/done-notice.js';
import { FailureNotice } from '../parts/failure-notice.js';
import { Loading } from '../parts/loading.js';
import { EndedSessions } from './ended-sessions.js';
import { SessionRow } from './session-row.js';

const NO_VARIABLES = {};

/** Where the viewer is signed in, and was, with a way to end what they do not know. */
export function Sessions() {
  const client = useClient();
  const { data, failure, reload } = useQuery(MySessionsDocument, NO_VARIABLES);
  const [done, setDone] = useState<string | null>(null);

  async function finish(text: string): Promise<void> {
    await reload();
    setDone(text);
  }
  const others = useAction(async () => {
    const { revokeOtherSessions: count } = await client(RevokeOtherSessionsDocument, {});
    await finish(`${count} ${count === 1 ? 'session has' : 'sessions have'} ended.`);
  });

  const sessions = data?.me?.sessions ?? null;
  const living = sessions?.nodes.filter(({ endedAt }) => endedAt === null) ?? [];
  const ended = sessions?.nodes.filter(({ endedAt }) => endedAt !== null) ?? [];
  const hasOthers = living.some(({ current }) => !current) || sessions?.pageInfo.hasNextPage === true;
  return (
    <section className="card" aria-labelledby="sessions">
      <h2 id="sessions">My sessions</h2>
      <DoneNotice text={done} />
      <FailureNotice failure={failure ?? others.failure} />
      {sessions === null && failure === null && <Loading />}
      <ul className="rows">
        {living.map((session) => (
          <SessionRow key={session.id} session={session} onDone={finish} />
        ))}
      </ul>
      {sessions?.pageInfo.hasNextPage === true && <p className="quiet">Older ones are not shown.</p>}
      {hasOthers && (
        <div className="actions">
          <button type="button" disabled={others.isRunning} onClick={() => void others.run()}>
            End all other sessions
          </button>
        </div>
      )}
      {ended.length > 0 && <EndedSessions sessions={ended} />}
    </section>
  );
}
