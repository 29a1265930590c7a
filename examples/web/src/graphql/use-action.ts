import { useState } from 'react';

import { toFailure, type Failure } from './failure.js';

export interface Action<Input> {
  /** Fulfilled with whether it was done. */
  readonly run: (input: Input) => Promise<boolean>;
  readonly isRunning: boolean;
  /** Why the last run came to nothing. */
  readonly failure: Failure | null;
}

/** Something that a button or a form does: once at a time. */
export function useAction<Input = void>(act: (input: Input) => Promise<void>): Action<Input> {
  const [isRunning, setIsRunning] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);

  const run = async (input: Input) => {
    if (isRunning) return false;
    setIsRunning(true);
    setFailure(null);
    try {
      await act(input);
      return true;
    } catch (error) {
      setFailure(toFailure(error));
      return false;
    } finally {
      setIsRunning(false);
    }
  };
  return { run, isRunning, failure };
}
