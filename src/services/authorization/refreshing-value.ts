import type { Clock } from '../clock.js';
import type { MaybePromise } from '../maybe-promise.js';

export interface RefreshingValueOptions<T> {
  readonly read: () => Promise<T>;
  readonly clock: Clock;
  /** Milliseconds for which a value read is good. */
  readonly lifetime: number;
  /**
   * Milliseconds after that in which the last value is still given at once, and read anew behind it. None when left out:
   * whoever asks waits for the read.
   */
  readonly givenStaleFor?: number;
  /** Milliseconds after a failed read before the next is tried. */
  readonly retryAfter: number;
  /** Told of each failed read. */
  readonly onFailure: (error: unknown) => void;
}

type State<T> =
  | { readonly phase: 'empty' }
  /** Never read successfully. */
  | { readonly phase: 'failed'; readonly error: unknown; readonly until: number }
  | {
      readonly phase: 'read';
      readonly value: T;
      readonly until: number;
      /** When whoever asks begins to wait for the next read. */
      readonly waitedFrom: number;
    };

export interface RefreshingValue<T> {
  /** Rejects only while it could never be read. */
  get(): Promise<T>;
  /** The same, at once where nobody has to wait for a read. */
  getAtOnce(): MaybePromise<T>;
  /** Reads it anew, whatever its age: resolves after a read that began when this was called, or later. Never rejects. */
  renew(): Promise<void>;
}

/**
 * A value that is read when it is wanted and older than its lifetime, by one read at a time. When a read fails the last good
 * value stays in use; where there never was one, whoever asks gets the failure. A failed read counts as a look: in an outage
 * nobody waits for one read after the other.
 */
export function createRefreshingValue<T>({
  read,
  clock,
  lifetime,
  givenStaleFor = 0,
  retryAfter,
  onFailure,
}: RefreshingValueOptions<T>): RefreshingValue<T> {
  let state: State<T> = { phase: 'empty' };
  let underWay: Promise<void> | undefined;
  const now = () => clock.now().getTime();
  const goodFor = (value: T, ms: number): State<T> => {
    const until = now() + ms;
    return { phase: 'read', value, until, waitedFrom: until + givenStaleFor };
  };

  async function readOnce(): Promise<void> {
    try {
      state = goodFor(await read(), lifetime);
    } catch (error) {
      state =
        state.phase === 'read'
          ? goodFor(state.value, retryAfter)
          : { phase: 'failed', error, until: now() + retryAfter };
      onFailure(error);
    } finally {
      underWay = undefined;
    }
  }

  const refresh = () => (underWay ??= readOnce());

  function getAtOnce(): MaybePromise<T> {
    const isDue = state.phase === 'empty' || now() >= state.until;
    const refreshed = isDue ? refresh() : undefined;
    return state.phase === 'read' && now() < state.waitedFrom ? state.value : valueAfter(refreshed);
  }

  async function valueAfter(refreshed: Promise<void> | undefined): Promise<T> {
    await refreshed;
    const current = state;
    if (current.phase === 'read') return current.value;
    throw current.phase === 'failed' ? current.error : new Error('The value was not read.');
  }

  return {
    get: async () => getAtOnce(),
    getAtOnce,
    async renew() {
      // What is being read may be from before the cause of this.
      await underWay;
      await refresh();
    },
  };
}
