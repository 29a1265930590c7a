/** Something outside of this process that it works with. */
export interface Dependency {
  readonly name: string;
  /** Whether requests fail while it is away. */
  readonly isEssential: boolean;
  /**
   * For how long a good answer is believed, in milliseconds: it is not asked more often, however many want to know. A bad
   * one is believed for a second at most.
   */
  readonly goodForMs: number;
  /**
   * Rejects when it cannot do what it is needed for; resolves with `stale` when what is known of it does, and is older than it
   * should be, and with `failing` when it is there and has failed of late.
   */
  readonly check: (signal: AbortSignal) => Promise<unknown>;
}

export type DependencyState = 'up' | 'stale' | 'failing' | 'down';
