import { useRef, type ReactNode, type SubmitEvent } from 'react';

import { useAction } from '../graphql/use-action.js';
import { FailureNotice } from './failure-notice.js';

export interface SubmitFormProps {
  readonly label: string;
  /** The field that is emptied, and typed into again, when it came to nothing. */
  readonly retry: string;
  readonly onSubmit: (text: (field: string) => string) => Promise<void>;
  readonly children: ReactNode;
}

/** Fields with a button that sends them, and what became of it. */
export function SubmitForm({ label, retry, onSubmit, children }: SubmitFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const { run, isRunning, failure } = useAction(onSubmit);

  async function submit(event: SubmitEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const fields = new FormData(event.currentTarget);
    const text = (name: string) => {
      const value = fields.get(name);
      return typeof value === 'string' ? value : '';
    };
    if (await run(text)) return;
    const field = form.current?.elements.namedItem(retry);
    if (!(field instanceof HTMLInputElement)) return;
    field.value = '';
    field.focus();
  }

  return (
    <form ref={form} onSubmit={(event) => void submit(event)} aria-busy={isRunning}>
      {children}
      <FailureNotice failure={failure} />
      <button type="submit" className="primary" disabled={isRunning}>
        {label}
      </button>
    </form>
  );
}
