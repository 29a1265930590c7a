import type { Cache, FillTicket } from './cache.js';
import { UnspreadChangeError } from './unspread-change.js';

/** Reads of one kind of thing through a cache. What does not exist is never cached: it may come to exist. */
export interface ReadThrough<Value> {
  get(id: string): Promise<Value | undefined>;
  /** The truth as of now, whatever was cached; it is cached from then on. */
  refresh(id: string): Promise<Value | undefined>;
  /**
   * To be awaited after each change of the truth, before anybody is told that it was made.
   *
   * @throws UnspreadChangeError when the cache did not confirm it
   */
  invalidate(ids: readonly string[]): Promise<void>;
}

export interface ReadThroughOptions<Value> {
  readonly cache: Cache;
  /** What the keys of this kind begin with. */
  readonly prefix: string;
  readonly ttlMs: number;
  /** Reads the truth. */
  readonly load: (id: string) => Promise<Value | undefined>;
  /** Whether a value may be cached: not one that will change without anybody's hearing of it. All may, when left out. */
  readonly isLasting?: (value: Value) => boolean;
  /** Makes a value anew of what JSON left of it. */
  readonly revive: (json: unknown) => Value;
}

/**
 * Misses that hold the same ticket share one read: no invalidation lies between them, so what one may see the other may.
 */
export function createReadThrough<Value>(options: ReadThroughOptions<Value>): ReadThrough<Value> {
  const { cache, prefix, ttlMs, load, isLasting = () => true, revive } = options;
  const underWay = new Map<string, Promise<Value | undefined>>();

  const loadAndFill = async (id: string, ticket: FillTicket): Promise<Value | undefined> => {
    const value = await load(id);
    if (value !== undefined && isLasting(value)) {
      await cache.fill(prefix + id, ticket, JSON.stringify(value), ttlMs);
    }
    return value;
  };

  const loadOnce = (id: string, ticket: FillTicket): Promise<Value | undefined> => {
    const flight = `${ticket} ${id}`;
    const running = underWay.get(flight);
    if (running !== undefined) return running;
    const loading = loadAndFill(id, ticket).finally(() => underWay.delete(flight));
    underWay.set(flight, loading);
    return loading;
  };

  const get = async (id: string): Promise<Value | undefined> => {
    const [found] = await cache.read([prefix + id]);
    if (found?.hit) return revive(JSON.parse(found.value));
    return found?.ticket ? loadOnce(id, found.ticket) : load(id);
  };

  const invalidate = async (ids: readonly string[]): Promise<void> => {
    try {
      await cache.invalidate(ids.map((id) => prefix + id));
    } catch (error) {
      throw new UnspreadChangeError(ttlMs, error);
    }
  };

  return {
    get,
    invalidate,
    async refresh(id) {
      const forgotten = await invalidate([id]).then(
        () => true,
        () => false,
      );
      return forgotten ? get(id) : load(id);
    },
  };
}
