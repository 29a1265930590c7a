/** Something outside of this process that it works with. */
export interface Dependency {
  readonly name: string;
  /** Whether requests fail while it is away. */
  readonly isEssential: boolean;
  /** For how long an answer is good, in milliseconds: it is not asked more often, however many want to know. */
  readonly goodForMs: number;
  /** Rejects when it cannot do what it is needed for. */
  readonly check: (signal: AbortSignal) => Promise<unknown>;
}

export type DependencyState = 'up' | 'down';
