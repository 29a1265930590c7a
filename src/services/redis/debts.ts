export interface DebtsOptions {
  /** Tells the server to forget these; rejects where it did not confirm that. */
  readonly pay: (names: readonly string[]) => Promise<unknown>;
}

/**
 * What a server was to forget and did not confirm. Until it has, whoever owes it goes by nothing that the server says of it: a
 * server that was away with its data comes back with what it held before.
 */
export interface Debts {
  /** Whether the server may hold something older than a change of this. */
  includes(name: string): boolean;
  add(names: readonly string[]): void;
  /** Tries to pay all, one try at a time; to be called when the server answers. Never throws nor rejects. */
  settle(): void;
  /** Tries no more. */
  close(): void;
}

/** A server that refuses, and answers nobody else here, is tried again after so many milliseconds. */
const AGAIN_MS = 1_000;

export function createDebts({ pay }: DebtsOptions): Debts {
  /** Each with the number of its last change: one that comes while an earlier one is paid is owed after that. */
  const owed = new Map<string, number>();
  let changes = 0;
  let isPaying = false;
  let isClosed = false;
  let again: NodeJS.Timeout | undefined;

  const tryLater = () => {
    if (isClosed) return;
    again ??= setTimeout(() => {
      again = undefined;
      settle();
    }, AGAIN_MS).unref();
  };

  const payAll = async (): Promise<void> => {
    const due = [...owed];
    try {
      await pay(due.map(([name]) => name));
      for (const [name, change] of due) if (owed.get(name) === change) owed.delete(name);
    } catch {
      // Said in the log by whoever asks the server.
    }
    isPaying = false;
    if (owed.size > 0) tryLater();
  };

  const settle = () => {
    if (owed.size === 0 || isPaying || isClosed) return;
    isPaying = true;
    void payAll();
  };

  return {
    includes: (name) => owed.has(name),
    add(names) {
      changes += 1;
      for (const name of names) owed.set(name, changes);
      tryLater();
    },
    settle,
    close() {
      isClosed = true;
      clearTimeout(again);
    },
  };
}
