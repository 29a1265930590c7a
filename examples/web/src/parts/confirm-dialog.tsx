import { useEffect, useId, useRef, type ReactNode } from 'react';

import type { Action } from '../graphql/use-action.js';
import { FailureNotice } from './failure-notice.js';

export interface ConfirmDialogProps {
  readonly question: ReactNode;
  readonly consequence: string;
  readonly label: string;
  readonly action: Action<void>;
  readonly onClose: () => void;
}

/** Asks once more before something that is not easily undone; the browser keeps the focus within, and Escape closes it. */
export function ConfirmDialog({ question, consequence, label, action, onClose }: ConfirmDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);

  return (
    <dialog
      ref={dialog}
      aria-labelledby={`${id}-question`}
      aria-describedby={`${id}-consequence`}
      onClose={onClose}
    >
      <h3 id={`${id}-question`}>{question}</h3>
      <p id={`${id}-consequence`}>{consequence}</p>
      <FailureNotice failure={action.failure} />
      <div className="actions">
        <button type="button" onClick={() => dialog.current?.close()}>
          Cancel
        </button>
        <button
          type="button"
          className="danger"
          disabled={action.isRunning}
          onClick={() => void action.run()}
        >
          {label}
        </button>
      </div>
    </dialog>
  );
}
