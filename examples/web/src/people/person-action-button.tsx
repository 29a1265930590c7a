import { useState, type ReactNode } from 'react';

import { useClient } from '../graphql/client-context.js';
import { useAction } from '../graphql/use-action.js';
import { ConfirmDialog } from '../parts/confirm-dialog.js';
import { FailureNotice } from '../parts/failure-notice.js';
import type { PersonAction } from './person-actions.js';

export interface PersonActionButtonProps {
  readonly action: PersonAction;
  readonly id: string;
  readonly name: string;
  readonly onDone: (text: ReactNode) => Promise<void>;
}

/** Does one thing to one person, after a second thought where that is due. */
export function PersonActionButton({ action, id, name, onDone }: PersonActionButtonProps) {
  const { label, document, question, consequence = '', done } = action;
  // Whatever way a name is written, it turns nothing around it.
  const shownName = <bdi>{name}</bdi>;
  const client = useClient();
  const [isAsking, setIsAsking] = useState(false);
  const act = useAction(async () => {
    await client(document, { id });
    setIsAsking(false);
    await onDone(done(shownName));
  });

  return (
    <>
      <button
        type="button"
        aria-label={`${label} ${name}`}
        disabled={act.isRunning}
        onClick={() => (question === undefined ? void act.run() : setIsAsking(true))}
      >
        {label}
      </button>
      {question === undefined ? (
        <FailureNotice failure={act.failure} />
      ) : (
        isAsking && (
          <ConfirmDialog
            question={question(shownName)}
            consequence={consequence}
            label={label}
            action={act}
            onClose={() => setIsAsking(false)}
          />
        )
      )}
    </>
  );
}
