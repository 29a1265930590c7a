import type { Clock } from '../clock.js';

export interface RefreshingValueOptions<T> {
  readonly read: () => Promise<T>;
  readonly clock: Clock;
  /** Milliseconds for which a value read is good. */
  readonly lifetime: number;
  /** Milliseconds after a failed read before the next is tried. */
  readonly retryAfter: number;
  /** Told of each failed read. */
  readonly onFailure: (error: unknown) => void;
}

type State<T> =
  | { readonly phase: 'empty' }
  /** Never read successfully. */
  | { readonly phase: 'failed'; readonly error: unknown; readonly until: number }
  | { readonly phase: 'read'; readonly value: T; readonly until: number };

/**
 * A value that is read when it is wanted and older than its lifetime, by one read at a time. When a read fails the last good
 * value stays in use; where there never was one, whoever asks gets the failure.
 */
export function createRefreshingValue<T>({
  read,
  clock,
  lifetime,
  retryAfter,
  onFailure,
}: RefreshingValueOptions<T>): () => Promise<T> {
  let state: State<T> = { phase: 'empty' };
  let underWay: Promise<void> | undefined;
  const now = () => clock.now().getTime();

  async function refresh(): Promise<void> {
    try {
      const value = await read();
      state = { phase: 'read', value, until: now() + lifetime };
    } catch (error) {
      const until = now() + retryAfter;
      state = state.phase === 'read' ? { ...state, until } : { phase: 'failed', error, until };
      onFailure(error);
    } finally {
      underWay = undefined;
    }
  }

  return async () => {
    if (state.phase === 'empty' || now() >= state.until) await (underWay ??= refresh());
    const current = state;
    if (current.phase === 'read') return current.value;
    throw current.phase === 'failed' ? current.error : new Error('The value was not read.');
  };
}
