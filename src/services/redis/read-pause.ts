import type { Clock } from '../clock.js';

export interface ReadPauseOptions {
  readonly clock: Clock;
  /** Asks the server something small; rejects where it does not answer. */
  readonly probe: () => Promise<unknown>;
}

/**
 * Spares reads that can go on without a server from waiting for it, each in turn, while it does not answer: after one has
 * waited in vain the others leave it alone.
 */
export interface ReadPause {
  /** Whether a read may ask the server. Once a pause has lasted, this sets off a probe, one at a time, and no read waits for it. */
  isOver(): boolean;
  /** The server has not answered in time. */
  begin(): void;
  /** The server has answered. */
  end(): void;
}

/** How long a pause lasts before the server is probed, in milliseconds. */
const PAUSE_MS = 5_000;

export function createReadPause({ clock, probe }: ReadPauseOptions): ReadPause {
  let until: number | undefined;
  let isProbing = false;
  const begin = (): void => {
    until = clock.now().getTime() + PAUSE_MS;
  };
  const end = (): void => {
    until = undefined;
  };
  const ask = async (): Promise<void> => {
    isProbing = true;
    await probe().then(end, begin);
    isProbing = false;
  };
  return {
    begin,
    end,
    isOver() {
      if (until === undefined) return true;
      if (!isProbing && clock.now().getTime() >= until) void ask();
      return false;
    },
  };
}

/** Was the server waited for in vain? Where there is no connection, a command is refused at once, and there is nothing to spare. */
export const isTimeout = (error: unknown): boolean =>
  // The only mark that ioredis puts on it.
  error instanceof Error && error.message === 'Command timed out';
