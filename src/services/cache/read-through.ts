import { LRUCache } from 'lru-cache';

import type { Cache, CacheRead, FillTicket } from './cache.js';
import { UnspreadChangeError } from './unspread-change.js';

type Load<Value> = (id: string) => Promise<Value | undefined>;

/** Reads of one kind of thing through a cache. What does not exist is never cached: it may come to exist. */
export interface ReadThrough<Value> {
  get(id: string): Promise<Value | undefined>;
  /**
   * The same of many, in one round trip to the cache: an answer for each id, in order. A read that fails is the answer
   * of its own id alone.
   */
  getMany(ids: readonly string[]): Promise<(Value | undefined | Error)[]>;
  /** The truth as of now, whatever was cached; it is cached from then on. */
  refresh(id: string): Promise<Value | undefined>;
  /**
   * To be awaited before a change that must hold even if whoever makes it dies before they can `invalidate`: until a minute
   * is over, nothing is cached of these. Never rejects.
   */
  suspend(ids: readonly string[]): Promise<void>;
  /**
   * To be awaited after each change of the truth, before anybody is told that it was made.
   *
   * @throws UnspreadChangeError when the cache did not confirm it
   */
  invalidate(ids: readonly string[]): Promise<void>;
}

interface ReadThroughSettings<Value> {
  readonly cache: Cache;
  /** What the keys of this kind begin with. */
  readonly prefix: string;
  readonly ttlMs: number;
  /** Whether a value may be cached: not one that will change without anybody's hearing of it. All may, when left out. */
  readonly isLasting?: (value: Value) => boolean;
  /**
   * Makes a value anew of what JSON left of it. Undefined for what is no such value: a store may hold garbage, and that counts
   * as a miss.
   */
  readonly revive: (json: unknown) => Value | undefined;
}

interface LoadsAlone<Value> {
  /** Reads the truth. */
  readonly load: Load<Value>;
}

interface LoadsAmong<Value> {
  /** Called with all that are read now, it looks up at once what they need, and answers with what reads each of them. */
  readonly loadAmong: (ids: readonly string[]) => Load<Value>;
}

export type ReadThroughOptions<Value> = ReadThroughSettings<Value> & (LoadsAlone<Value> | LoadsAmong<Value>);

/** Longer than any change takes: what is not done by then has been given up. */
const SUSPENDED_MS = 60_000;

type Miss = Extract<CacheRead, { hit: false }>;

/** What a cache has of one thing. */
type Found<Value> = { readonly hit: true; readonly value: Value } | Miss;

/** So many values are kept beside the texts that they were made of: to read one anew takes as long as ten decisions. */
const MAX_REVIVED = 1_000;

/** What is said of a key that a cache leaves out, or has nothing of use for. */
const MISS: Miss = { hit: false, ticket: null };

/**
 * Misses that hold the same ticket share one read: no invalidation lies between them, so what one may see the other may.
 */
export function createReadThrough<Value>(options: ReadThroughOptions<Value>): ReadThrough<Value> {
  const { cache, prefix, ttlMs, isLasting = () => true, revive } = options;
  const loadAmong = 'loadAmong' in options ? options.loadAmong : () => options.load;
  const load: Load<Value> = (id) => loadAmong([id])(id);
  const underWay = new Map<string, Promise<Value | undefined>>();
  const revived = new LRUCache<string, { readonly text: string; readonly value: Value }>({
    max: MAX_REVIVED,
  });

  const loadAndFill = async (
    id: string,
    ticket: FillTicket,
    read: Load<Value>,
  ): Promise<Value | undefined> => {
    const value = await read(id);
    if (value !== undefined && isLasting(value)) {
      await cache.fill(prefix + id, ticket, JSON.stringify([id, value]), ttlMs);
    }
    return value;
  };

  /** Undefined for what is not the value of this very id, whatever the store has it under. */
  const parse = (id: string, text: string): Value | undefined => {
    try {
      const [owner, json] = JSON.parse(text) as readonly unknown[];
      return owner === id ? revive(json) : undefined;
    } catch {
      return undefined;
    }
  };

  /** The same object for as long as the text is the same. */
  const valueOf = (id: string, text: string): Value | undefined => {
    const before = revived.get(id);
    if (before?.text === text) return before.value;
    const value = parse(id, text);
    if (value !== undefined) revived.set(id, { text, value });
    return value;
  };

  /** What is no value of this kind is dropped: it would stand where a value is to be, for as long as nobody changes that one. */
  const open = (id: string, read: CacheRead = MISS): Found<Value> => {
    if (!read.hit) return read;
    const value = valueOf(id, read.value);
    if (value !== undefined) return { hit: true, value };
    // It brought no ticket: who reads next has one, and fills. Where the cache isn't told, they read the truth again, no worse.
    cache.invalidate([prefix + id]).catch(() => undefined);
    return MISS;
  };

  const isAnswered = (id: string, found: Found<Value>): boolean =>
    found.hit || (found.ticket !== null && underWay.has(flightOf(id, found.ticket)));

  /** To be called with no pause since `found` came: a read that began before its ticket must not fill the cache. */
  const answer = async (id: string, found: Found<Value>, read: Load<Value>): Promise<Value | undefined> => {
    if (found.hit) return found.value;
    if (found.ticket === null) return read(id);
    const flight = flightOf(id, found.ticket);
    const running = underWay.get(flight);
    if (running !== undefined) return running;
    const loading = loadAndFill(id, found.ticket, read).finally(() => underWay.delete(flight));
    underWay.set(flight, loading);
    return loading;
  };

  const get = async (id: string): Promise<Value | undefined> => {
    const [read] = await cache.read([prefix + id]);
    return answer(id, open(id, read), load);
  };

  const getMany = async (ids: readonly string[]): Promise<(Value | undefined | Error)[]> => {
    const distinct = [...new Set(ids)];
    const reads = await cache.read(distinct.map((id) => prefix + id));
    const found = distinct.map((id, index) => [id, open(id, reads[index])] as const);
    const unanswered = found.filter(([id, read]) => !isAnswered(id, read)).map(([id]) => id);
    const loadOne = loadAmong(unanswered);
    const answers = await Promise.all(found.map(([id, read]) => settled(answer(id, read, loadOne))));
    const answerOf = new Map(distinct.map((id, index) => [id, answers[index]]));
    return ids.map((id) => answerOf.get(id));
  };

  const invalidate = async (ids: readonly string[]): Promise<void> => {
    for (const id of ids) revived.delete(id);
    try {
      await cache.invalidate(ids.map((id) => prefix + id));
    } catch (error) {
      throw new UnspreadChangeError(ttlMs, error);
    }
  };

  return {
    get,
    getMany,
    suspend: (ids) =>
      cache.suspend(
        ids.map((id) => prefix + id),
        SUSPENDED_MS,
      ),
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

const flightOf = (id: string, ticket: FillTicket): string => `${ticket} ${id}`;

const settled = <Value>(reading: Promise<Value>): Promise<Value | Error> =>
  reading.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
