import type { ReactNode } from 'react';

import { PersonActionButton } from './person-action-button.js';
import { PERSON_ACTIONS, type Person } from './person-actions.js';

export interface PersonRowProps {
  readonly person: Person;
  readonly isViewer: boolean;
  readonly onDone: (text: ReactNode) => Promise<void>;
}

/** One person. A button that is not there is one that the policies deny, or that would change nothing. */
export function PersonRow({ person, isViewer, onDone }: PersonRowProps) {
  const { email, roles, enabled, status, mfa } = person;
  const name = person.name ?? email ?? 'Somebody';
  const kind = roles?.join(', ') || (person.userType === 'ADMIN' ? 'administrator' : 'member');
  return (
    <li className="row" aria-label={name}>
      <div className="what">
        <p className="name">
          <bdi>{name}</bdi>
        </p>
        {email !== null && email !== name && <p className="quiet">{email}</p>}
        <p className="badges">
          <span className="badge">{kind}</span>
          {isViewer && <span className="badge badge-good">You</span>}
          {mfa !== null && mfa.enabled.length > 0 && <span className="badge">Second factor</span>}
          {enabled === false && <span className="badge badge-bad">Disabled</span>}
          {status !== 'CONFIRMED' && status !== null && (
            <span className="badge badge-bad">{status.toLowerCase().replaceAll('_', ' ')}</span>
          )}
        </p>
      </div>
      <div className="actions">
        {PERSON_ACTIONS.filter(({ isOffered }) => isOffered(person)).map((action) => (
          <PersonActionButton key={action.label} action={action} id={person.id} name={name} onDone={onDone} />
        ))}
      </div>
    </li>
  );
}
