import { Redis } from 'ioredis';

import { PortcullisError } from '../../errors.js';
import type { Clock } from '../clock.js';
import type { Logger } from '../logger.js';
import type { Randomness } from '../randomness.js';
import { CACHE_CONNECTION } from '../redis/cache-connection.js';
import { createDebts, type Debts } from '../redis/debts.js';
import { createReadPause, isTimeout, type ReadPause } from '../redis/read-pause.js';
import type { Cache, CacheRead, FillTicket } from './cache.js';

export interface RedisCacheOptions {
  /** `redis://` or `rediss://`. One server with its replicas, not a Redis Cluster: scripts touch several keys. */
  url: string;
  /** What all keys begin with, so that services may share a server. */
  keyPrefix?: string;
  clock: Clock;
  randomness: Randomness;
  logger: Logger;
}

/** A generation must outlive the slowest read of the truth; one that doesn't costs a fill, never a stale value. */
const GENERATION_MS = 60_000;

/** An outage is logged this often, in milliseconds, however many requests meet it. */
const LOG_EVERY_MS = 10_000;

/**
 * Each key has a value `v:` and a generation `g:`, a random token that the first miss makes and that is the ticket of
 * every miss until an invalidation removes it. Nothing fills a key whose generation is gone or another one, so a
 * generation that was invalidated, expired or evicted, or lost with its server, can only ever refuse. An empty generation is
 * a suspension: it is nobody's ticket, and goes by its own time alone. A key that holds no text, or
 * a suspension without an end, holds nothing of ours, and is overwritten.
 */
const SCRIPTS = {
  /** KEYS: value and generation of each key in turn. ARGV: generation's life in ms, then a new generation for each. */
  portcullisRead: {
    lua: `
      local function read(key)
        local value = redis.pcall('GET', key)
        if type(value) ~= 'table' then return value end
        redis.call('DEL', key)
        return false
      end
      local answers = {}
      for i = 1, #KEYS, 2 do
        local value = read(KEYS[i])
        if value then
          answers[i], answers[i + 1] = 1, value
        else
          local generation = read(KEYS[i + 1])
          local isEndless = generation == '' and redis.call('PTTL', KEYS[i + 1]) < 0
          if not generation or isEndless then
            generation = ARGV[(i + 3) / 2]
            redis.call('SET', KEYS[i + 1], generation, 'PX', ARGV[1])
          end
          if generation ~= '' then redis.call('PEXPIRE', KEYS[i + 1], ARGV[1]) end
          answers[i], answers[i + 1] = 0, generation
        end
      end
      return answers`,
  },
  /** KEYS: value, generation. ARGV: ticket, value, its life in ms. */
  portcullisFill: {
    lua: `
      if redis.pcall('GET', KEYS[2]) ~= ARGV[1] then return 0 end
      redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
      return 1`,
  },
  /** KEYS: value and generation of each key in turn. */
  portcullisForget: {
    lua: `
      for i = 1, #KEYS, 2 do
        redis.call('DEL', KEYS[i])
        if redis.pcall('GET', KEYS[i + 1]) ~= '' then redis.call('DEL', KEYS[i + 1]) end
      end`,
  },
  /** KEYS: value and generation of each key in turn. ARGV: the suspension's length in ms. */
  portcullisSuspend: {
    lua: `
      for i = 1, #KEYS, 2 do
        redis.call('DEL', KEYS[i])
        local left = 0
        if redis.pcall('GET', KEYS[i + 1]) == '' then left = redis.call('PTTL', KEYS[i + 1]) end
        if left < tonumber(ARGV[1]) then redis.call('SET', KEYS[i + 1], '', 'PX', ARGV[1]) end
      end`,
  },
};

type ScriptedRedis = Redis & {
  portcullisRead(keyCount: number, ...keysAndArguments: (string | number)[]): Promise<(string | number)[]>;
  portcullisFill(keyCount: number, ...keysAndArguments: (string | number)[]): Promise<number>;
  portcullisForget(keyCount: number, ...keys: string[]): Promise<null>;
  portcullisSuspend(keyCount: number, ...keysAndArguments: (string | number)[]): Promise<null>;
};

/**
 * A cache that instances share. While the server is connected and says nothing, reads and fills leave it alone after the first
 * has waited in vain, and go by the truth. What forgets is always sent; where that is not confirmed, this instance goes by the
 * truth alone until it is.
 */
export class RedisCache implements Cache {
  readonly #client: ScriptedRedis;
  readonly #options: RedisCacheOptions;
  readonly #pause: ReadPause;
  readonly #debts: Debts;
  #silentUntil = 0;
  #closing: Promise<void> | undefined;

  /**
   * Connects and answers when that has succeeded or failed once. A server that is away does not stop the start: reads
   * miss and invalidations reject until it is back.
   */
  static async open(options: RedisCacheOptions): Promise<RedisCache> {
    const cache = new RedisCache(options);
    await cache.#client.connect().catch((error: unknown) => cache.#report(error));
    return cache;
  }

  private constructor(options: RedisCacheOptions) {
    this.#options = options;
    this.#client = new Redis(options.url, {
      ...CACHE_CONNECTION,
      keyPrefix: options.keyPrefix ?? 'portcullis:',
      scripts: SCRIPTS,
    }) as ScriptedRedis;
    // With no listener ioredis writes to the console.
    this.#client.on('error', (error) => this.#report(error));
    this.#debts = createDebts({ pay: (keys) => this.#forget(keys) });
    this.#client.on('ready', () => this.#debts.settle());
    this.#pause = createReadPause({
      clock: options.clock,
      probe: () => this.#client.ping().then(() => this.#debts.settle()),
    });
  }

  async read(keys: readonly string[]): Promise<CacheRead[]> {
    if (keys.length === 0) return [];
    if (!this.#pause.isOver()) return unknown(keys);
    const generations = keys.map(() => this.#options.randomness.bytes(16).toString('base64url'));
    try {
      const answers = await this.#ask((client) =>
        client.portcullisRead(keys.length * 2, ...namesOf(keys), GENERATION_MS, ...generations),
      );
      return keys.map((key, index) =>
        this.#debts.includes(key) ? UNKNOWN : toRead(answers[index * 2], String(answers[index * 2 + 1])),
      );
    } catch {
      return unknown(keys);
    }
  }

  async fill(key: string, ticket: FillTicket, value: string, ttlMs: number): Promise<boolean> {
    if (!this.#pause.isOver()) return false;
    try {
      const taken = await this.#ask((client) =>
        client.portcullisFill(2, `v:${key}`, `g:${key}`, ticket, value, ttlMs),
      );
      return taken === 1;
    } catch {
      return false;
    }
  }

  async invalidate(keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    try {
      await this.#forget(keys);
    } catch (error) {
      this.#debts.add(keys);
      throw new PortcullisError(
        'UPSTREAM_UNAVAILABLE',
        'The change could not be made known everywhere. Try again.',
        {
          cause: error,
        },
      );
    }
  }

  async #forget(keys: readonly string[]): Promise<void> {
    await this.#ask((client) => client.portcullisForget(keys.length * 2, ...namesOf(keys)));
  }

  async suspend(keys: readonly string[], ms: number): Promise<void> {
    if (keys.length === 0) return;
    await this.#ask((client) => client.portcullisSuspend(keys.length * 2, ...namesOf(keys), ms)).catch(
      () => undefined,
    );
  }

  async ping(): Promise<void> {
    await this.#ask((client) => client.ping());
  }

  close(): Promise<void> {
    return (this.#closing ??= this.#quit());
  }

  async #quit(): Promise<void> {
    this.#debts.close();
    // QUIT lets pending commands finish; where nobody answers there are none.
    await this.#client.quit().catch(() => undefined);
    this.#client.disconnect();
  }

  /** Every answer ends the pause of reads, and whatever waits in vain begins one. */
  async #ask<Answer>(call: (client: ScriptedRedis) => Promise<Answer>): Promise<Answer> {
    try {
      const answer = await call(this.#client);
      this.#pause.end();
      this.#debts.settle();
      return answer;
    } catch (error) {
      if (isTimeout(error)) this.#pause.begin();
      this.#report(error);
      throw error;
    }
  }

  #report(error: unknown): void {
    const now = this.#options.clock.now().getTime();
    if (now < this.#silentUntil) return;
    this.#silentUntil = now + LOG_EVERY_MS;
    this.#options.logger.warn({ err: error }, 'The Redis cache does not answer; going on without it.');
  }
}

/** The value and the generation of each key. */
const namesOf = (keys: readonly string[]): string[] => keys.flatMap((key) => [`v:${key}`, `g:${key}`]);

/** What is said of a key that nobody could ask for, or of which the server may say what is no longer so. */
const UNKNOWN: CacheRead = { hit: false, ticket: null };
const unknown = (keys: readonly string[]): CacheRead[] => keys.map(() => UNKNOWN);

function toRead(hit: string | number | undefined, text: string): CacheRead {
  if (hit === 1) return { hit: true, value: text };
  return { hit: false, ticket: text === '' ? null : (text as FillTicket) };
}
