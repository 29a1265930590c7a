import type { Clock } from '../clock.js';
import type { Cache, CacheRead, FillTicket } from './cache.js';

export interface MemoryCacheOptions {
  clock: Clock;
  /** How many values to keep; the least recently used goes first. */
  maxEntries?: number;
}

interface Entry {
  value: string;
  /** Milliseconds since the epoch; the value is good strictly before. */
  expiresAt: number;
}

/**
 * A cache in this process: right where it is the only instance.
 *
 * Invalidations are numbered, and a ticket is the number of the last one before its read. A value is taken unless its
 * key was invalidated under a higher number. How many keys' numbers are remembered is bounded: when the oldest is
 * forgotten, every ticket from before it is refused, whatever its key. Suspensions are few, and remembered until they end.
 */
export class MemoryCache implements Cache {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  /** In order of use, the least recent first. */
  readonly #entries = new Map<string, Entry>();
  /** The number of each key's last invalidation, the oldest first. */
  readonly #invalidations = new Map<string, number>();
  /** Until when keys are suspended, in milliseconds since the epoch. */
  readonly #suspensions = new Map<string, number>();
  #lastInvalidation = 0;
  #oldestGoodTicket = 0;

  constructor({ clock, maxEntries = 10_000 }: MemoryCacheOptions) {
    this.#clock = clock;
    this.#maxEntries = maxEntries;
  }

  async read(keys: readonly string[]): Promise<CacheRead[]> {
    return keys.map((key) => {
      if (this.#isSuspended(key)) return { hit: false, ticket: null };
      const value = this.#use(key);
      return value === undefined
        ? { hit: false, ticket: String(this.#lastInvalidation) as FillTicket }
        : { hit: true, value };
    });
  }

  async fill(key: string, ticket: FillTicket, value: string, ttlMs: number): Promise<boolean> {
    const readAfter = Number(ticket);
    const invalidated = this.#invalidations.get(key) ?? 0;
    if (!(readAfter >= invalidated && readAfter >= this.#oldestGoodTicket)) return false;
    if (this.#isSuspended(key)) return false;

    this.#entries.delete(key);
    this.#entries.set(key, { value, expiresAt: this.#clock.now().getTime() + ttlMs });
    dropOldest(this.#entries, this.#maxEntries);
    return true;
  }

  async invalidate(keys: readonly string[]): Promise<void> {
    this.#drop(keys);
  }

  async suspend(keys: readonly string[], ms: number): Promise<void> {
    const now = this.#clock.now().getTime();
    for (const [key, until] of this.#suspensions) {
      if (until <= now) this.#suspensions.delete(key);
    }
    for (const key of keys) this.#suspensions.set(key, Math.max(now + ms, this.#suspensions.get(key) ?? 0));
    // Tickets from before must not outlive the suspension.
    this.#drop(keys);
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    this.#entries.clear();
  }

  #isSuspended(key: string): boolean {
    const until = this.#suspensions.get(key);
    return until !== undefined && until > this.#clock.now().getTime();
  }

  #drop(keys: readonly string[]): void {
    for (const key of keys) {
      this.#entries.delete(key);
      this.#invalidations.delete(key);
      this.#invalidations.set(key, ++this.#lastInvalidation);
    }
    const forgotten = dropOldest(this.#invalidations, this.#maxEntries);
    this.#oldestGoodTicket = forgotten ?? this.#oldestGoodTicket;
  }

  #use(key: string): string | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.expiresAt <= this.#clock.now().getTime()) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }
}

/** Shrinks `map` to `size`, the first in first out, and answers the last value that went. */
function dropOldest<V>(map: Map<string, V>, size: number): V | undefined {
  let dropped: V | undefined;
  for (const [key, value] of map) {
    if (map.size <= size) break;
    map.delete(key);
    dropped = value;
  }
  return dropped;
}
