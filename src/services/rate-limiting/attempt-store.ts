/** Under which names the failed tries at one secret are counted. */
export interface AttemptKeys {
  /** The account, tried from one address. */
  readonly here: string;
  /** The account, wherever it is tried from. */
  readonly anywhere: string;
}

/** The part of a try that one record counted. */
export interface CountedTry {
  /** Which life of the record: one that was forgotten meanwhile is not given back to. */
  readonly epoch: string;
  /** Milliseconds since 1970: until when the account is locked if the try fails; 0 where that locks nothing. */
  readonly lockedUntil: number;
}

/** Proof of a try that was admitted, to be settled once. */
export interface AttemptTicket {
  readonly here: CountedTry;
  /** Null where the address has had its share: its tries then count for itself alone. */
  readonly anywhere: CountedTry | null;
}

export type AttemptStart =
  | { readonly admitted: true; readonly ticket: AttemptTicket }
  /** Milliseconds until the next try makes sense. */
  | { readonly admitted: false; readonly retryAfterMs: number };

/** How a try ended; an undecided one said nothing of the secret. */
export type AttemptOutcome = 'failed' | 'succeeded' | 'undecided';

/** For how many milliseconds a failed try locked the account; 0 where it did not. */
export interface AttemptLocks {
  readonly hereMs: number;
  readonly anywhereMs: number;
}

/**
 * Counts tries. Each is counted as failed before it is made, so that of any number at once no more are made than are left
 * before the lock; one that nobody settles, since its process died, stays a failed one.
 *
 * Both operations are atomic, for all instances that share the store.
 */
export interface AttemptStore {
  /** @throws PortcullisError UPSTREAM_UNAVAILABLE where tries cannot be counted */
  begin(keys: AttemptKeys): Promise<AttemptStart>;
  /**
   * A success forgets what was counted for the account from this address, and takes its own try back elsewhere; an undecided
   * try is taken back everywhere.
   *
   * @throws PortcullisError UPSTREAM_UNAVAILABLE where the outcome was not noted: the try then stays a failed one
   */
  settle(keys: AttemptKeys, ticket: AttemptTicket, outcome: AttemptOutcome): Promise<AttemptLocks>;
}
