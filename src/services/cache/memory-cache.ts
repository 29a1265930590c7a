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
 * forgotten, every ticket from before it is refused, whatever its key.
 */
export class MemoryCache implements Cache {
  readonly #clock: Clock;
  readonly #maxEntries: number;
  /** In order of use, the least recent first. */
  readonly #entries = new Map<string, Entry>();
  /** The number of each key's last invalidation, the oldest first. */
  readonly #invalidations = new Map<string, number>();
  #lastInvalidation = 0;
  #oldestGoodTicket = 0;

  constructor({ clock, maxEntries = 10_000 }: MemoryCacheOptions) {
    this.#clock = clock;
    this.#maxEntries = maxEntries;
  }

  async read(keys: readonly string[]): Promise<CacheRead[]> {
    return keys.map((key) => {
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

    this.#entries.delete(key);
    this.#entries.set(key, { value, expiresAt: this.#clock.now().getTime() + ttlMs });
    dropOldest(this.#entries, this.#maxEntries);
    return true;
  }

  async invalidate(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      this.#entries.delete(key);
      this.#invalidations.delete(key);
      this.#invalidations.set(key, ++this.#lastInvalidation);
    }
    const forgotten = dropOldest(this.#invalidations, this.#maxEntries);
    this.#oldestGoodTicket = forgotten ?? this.#oldestGoodTicket;
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {
    this.#entries.clear();
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
