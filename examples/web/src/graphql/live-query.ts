import { toFailure, type Failure } from './failure.js';

export interface QueryState<Data> {
  /** What was answered last; null before anything was. */
  readonly data: Data | null;
  /** Why the last question came to nothing. */
  readonly failure: Failure | null;
}

/** A query as long as somebody looks at its answer. */
export class LiveQuery<Data> {
  private state: QueryState<Data> = { data: null, failure: null };
  private readonly listeners = new Set<() => void>();
  private asked = 0;

  constructor(private readonly ask: () => Promise<Data>) {}

  readonly read = (): QueryState<Data> => this.state;

  /** Asks for whoever begins to look. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    void this.reload();
    return () => this.listeners.delete(listener);
  };

  /** Asks again; fulfilled when the answer is there. Of several that are under way, the last one asked counts. */
  readonly reload = async (): Promise<void> => {
    const turn = ++this.asked;
    const state = await this.ask().then(
      (data) => ({ data, failure: null }),
      (error: unknown) => ({ data: this.state.data, failure: toFailure(error) }),
    );
    if (turn !== this.asked) return;
    this.state = state;
    for (const listener of this.listeners) listener();
  };
}
