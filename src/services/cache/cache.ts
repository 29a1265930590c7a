declare const fillTicket: unique symbol;

/**
 * Proof of when a read began. A cache gives one out with a miss, and takes a value only together with one that no
 * invalidation of its key has outlived. It means nothing outside of the cache that made it.
 */
export type FillTicket = string & { readonly [fillTicket]: true };

/** What a cache knows of one key. Any string is a hit, the empty one too. */
export type CacheRead =
  | { readonly hit: true; readonly value: string }
  /** A null ticket says that nothing read now may be cached: the store is out of reach, there is none, or the key is suspended. */
  | { readonly hit: false; readonly ticket: FillTicket | null };

/**
 * A cache that cannot be filled with what was true before an invalidation.
 *
 * 1. `read` the cache; 2. on a miss, read the truth; 3. `fill` with the ticket of the miss. If the truth changes in
 * between, whoever changed it calls `invalidate` afterwards, and that makes the ticket worthless. So once `invalidate`
 * has resolved, no read answers with a value whose truth was read before.
 *
 * Whoever changes it may die before they can call. Where that must not leave the old truth behind, they `suspend` the key
 * first: until that is over, every read goes to the truth.
 */
export interface Cache {
  /** Answers in the order of `keys`, in one round trip. Never rejects: a store that does not answer is a miss. */
  read(keys: readonly string[]): Promise<CacheRead[]>;
  /**
   * Keeps `value` for `ttlMs` milliseconds (a positive integer). Never rejects.
   *
   * @returns false when an invalidation came in between, or the store did not take it
   */
  fill(key: string, ticket: FillTicket, value: string, ttlMs: number): Promise<boolean>;
  /**
   * Forgets `keys`, for every instance that shares the store.
   *
   * @throws PortcullisError UPSTREAM_UNAVAILABLE when the store did not confirm it: for other instances the old values may live
   *   on until they expire, so the caller must not report success. For this one they are gone, and the store is told again.
   */
  invalidate(keys: readonly string[]): Promise<void>;
  /**
   * Forgets `keys`, and keeps nothing of them for `ms` milliseconds, whatever is invalidated meanwhile; for every instance
   * that shares the store. Never rejects: where the store did not take it, `invalidate` will have to say so.
   */
  suspend(keys: readonly string[], ms: number): Promise<void>;
  /** Rejects when the store does not answer. */
  ping(): Promise<void>;
  /** Safe to call more than once. */
  close(): Promise<void>;
}
