import { useClient } from '../graphql/client-context.js';
import { useAction } from '../graphql/use-action.js';
import { RevokeSessionDocument, type MySessionsQuery } from '../operations/generated.js';
import { FailureNotice } from '../parts/failure-notice.js';
import { Moment } from '../parts/moment.js';

export type Session = NonNullable<NonNullable<MySessionsQuery['me']>['sessions']>['nodes'][number];

export interface SessionRowProps {
  readonly session: Session;
  readonly onDone: (text: string) => Promise<void>;
}

export const deviceOf = ({ device }: Session): string => device ?? 'Unknown device';

/** One session that lives. The current one is ended by signing out. */
export function SessionRow({ session, onDone }: SessionRowProps) {
  const client = useClient();
  const { id, ipAddress, createdAt, lastSeenAt, mfaAuthenticated, suspiciousSince, current, mayRevoke } =
    session;
  const { run, isRunning, failure } = useAction(async () => {
    await client(RevokeSessionDocument, { id });
    await onDone(`The session on ${deviceOf(session)} has ended.`);
  });

  return (
    <li className="row">
      <div className="what">
        <p className="name">{deviceOf(session)}</p>
        <p className="quiet">
          {ipAddress !== null && `${ipAddress} · `}signed in <Moment at={createdAt} /> · last seen{' '}
          <Moment at={lastSeenAt} />
        </p>
        <p className="badges">
          {current && <span className="badge badge-good">This one</span>}
          {mfaAuthenticated && <span className="badge">Second factor</span>}
          {suspiciousSince !== null && (
            <span className="badge badge-bad">
              Seen from another device <Moment at={suspiciousSince} />
            </span>
          )}
        </p>
        <FailureNotice failure={failure} />
      </div>
      {!current && mayRevoke.allowed && (
        <div className="actions">
          <button
            type="button"
            aria-label={`End the session on ${deviceOf(session)}`}
            disabled={isRunning}
            onClick={() => void run()}
          >
            End
          </button>
        </div>
      )}
    </li>
  );
}
