import { explainFailure } from './explain-failure.js';

export interface Ending {
  /** Lets what is under way end, then lets go of everything. */
  readonly close: () => Promise<void>;
  /** Cuts off what is still under way, so that `close` gets to let go of the rest. */
  readonly cutOff?: () => void;
  /** When to cut off, in milliseconds after the signal. */
  readonly drain?: number;
  /** When to end in any case. */
  readonly deadline?: number;
}

/**
 * Ends this process at SIGTERM or SIGINT: with exit code 0 once all is closed, with 1 where that fails or takes too long. A second signal does not wait.
 */
export function endOnSignal({ close, cutOff, drain = 8_000, deadline = 10_000 }: Ending): void {
  let ending = false;
  const end = () => {
    if (ending) process.exit(1);
    ending = true;
    if (cutOff) setTimeout(cutOff, drain).unref();
    setTimeout(() => process.exit(1), deadline).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`Portcullis could not end in order. ${explainFailure(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}
