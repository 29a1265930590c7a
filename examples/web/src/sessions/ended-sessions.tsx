import type { SessionEndReason } from '../operations/generated.js';
import { Moment } from '../parts/moment.js';
import { deviceOf, type Session } from './session-row.js';

const REASONS: Readonly<Record<SessionEndReason, string>> = {
  LOGGED_OUT: 'signed out',
  REVOKED: 'ended from elsewhere',
  EXPIRED: 'ran out',
  USER_DISABLED: 'account disabled',
  USER_DELETED: 'account deleted',
  PASSWORD_CHANGED: 'password changed',
  REFRESH_TOKEN_REUSED: 'a used token came again',
};

/** What was, for who looks for what they do not know. */
export function EndedSessions({ sessions }: { readonly sessions: readonly Session[] }) {
  return (
    <details>
      <summary>Ended ones ({sessions.length})</summary>
      <ul className="rows">
        {sessions.map((session) => (
          <li key={session.id} className="row">
            <div className="what">
              <p>{deviceOf(session)}</p>
              <p className="quiet">
                {session.ipAddress !== null && `${session.ipAddress} · `}
                {session.endReason !== null && REASONS[session.endReason]}{' '}
                {session.endedAt !== null && <Moment at={session.endedAt} />}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </details>
  );
}
