import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { RedisCache } from '../../../../src/services/cache/redis-cache.js';
import { createLogger } from '../../../../src/services/create-logger.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import { createTestRedis, type TestRedis } from '../../../support/redis.js';

/** A way to the real Redis that can be cut, or made to swallow everything. */
class Wire {
  isDeaf = false;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  port = 0;

  constructor(readonly target: URL) {}

  async open(): Promise<void> {
    const server = createServer((near) => {
      const far = connect(Number(this.target.port), this.target.hostname);
      for (const socket of [near, far]) {
        this.#sockets.add(socket);
        socket.on('error', () => {});
        socket.on('close', () => [near, far].forEach((end) => end.destroy()));
      }
      near.on('data', (chunk) => this.isDeaf || far.write(chunk));
      far.pipe(near);
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

let redis: TestRedis;
let wire: Wire;
let warnings: string[];
let now: number;
let cache: RedisCache;

const open = (credentials = '') =>
  RedisCache.open({
    url: `redis://${credentials}127.0.0.1:${wire.port}`,
    keyPrefix: redis.keyPrefix,
    clock: { now: () => new Date(now) },
    randomness: systemRandomness,
    logger: createLogger('warn', { write: (line) => void warnings.push(line) }),
  });

beforeEach(async () => {
  redis = await createTestRedis();
  wire = new Wire(new URL(redis.url));
  await wire.open();
  warnings = [];
  now = 1_000_000;
  cache = await open();
});
afterEach(async () => {
  await cache.close();
  await wire.cut();
});

const isUnavailable = { code: 'UPSTREAM_UNAVAILABLE', retryable: true };

async function put(key: string, value: string): Promise<boolean> {
  const [answer] = await cache.read([key]);
  if (answer === undefined || answer.hit || answer.ticket === null) return false;
  return cache.fill(key, answer.ticket, value, 60_000);
}

test('a server that is away is a miss that may not be filled, and an invalidation that failed', async () => {
  await put('key', 'value');
  const [miss] = await cache.read(['other']);
  await wire.cut();

  expect(await cache.read(['key', 'other'])).toEqual([
    { hit: false, ticket: null },
    { hit: false, ticket: null },
  ]);
  expect(miss?.hit === false && miss.ticket && (await cache.fill('other', miss.ticket, 'x', 1_000))).toBe(
    false,
  );
  await expect(cache.invalidate(['key'])).rejects.toMatchObject(isUnavailable);
  await expect(cache.ping()).rejects.toThrow();
});

test('a server that says nothing is given up on', async () => {
  wire.isDeaf = true;
  expect(await cache.read(['key'])).toEqual([{ hit: false, ticket: null }]);
  await expect(cache.invalidate(['key'])).rejects.toMatchObject(isUnavailable);
  await expect(cache.ping()).rejects.toThrow();
});

test('a server that says nothing does not hold up the start', async () => {
  wire.isDeaf = true;
  const late = await open();
  expect(await late.read(['key'])).toEqual([{ hit: false, ticket: null }]);
  await late.close();
});

test('an outage is logged once in a while, not once a request', async () => {
  await wire.cut();
  for (let request = 0; request < 20; request++) await cache.read(['key']);
  expect(warnings).toHaveLength(1);
  now += 10_000;
  await cache.read(['key']);
  expect(warnings).toHaveLength(2);
});

test('the log says why it does not answer, without the password that it was offered', async () => {
  await (await open('somebody:hunter2@')).close();
  expect(warnings.join('')).toContain('WRONGPASS');
  expect(warnings.join('')).not.toContain('hunter2');
});

test('it is used again when it is back', async () => {
  await wire.cut();
  expect(await put('key', 'value')).toBe(false);
  await wire.open();
  await expect.poll(() => put('key', 'value'), { timeout: 10_000 }).toBe(true);
  expect(await cache.read(['key'])).toEqual([{ hit: true, value: 'value' }]);
});

test('a generation that was lost with its server refuses, rather than guesses', async () => {
  const [miss] = await cache.read(['key']);
  const client = new Redis(redis.url);
  await client.del(`${redis.keyPrefix}g:key`);
  await client.quit();
  if (miss?.hit !== false || miss.ticket === null) throw new Error('expected a miss');
  expect(await cache.fill('key', miss.ticket, 'stale', 60_000)).toBe(false);
});

test('everything that it keeps runs out', async () => {
  await put('key', 'value');
  await cache.read(['other']);
  const client = new Redis(redis.url);
  const keys = await client.keys(`${redis.keyPrefix}*`);
  const lives = await Promise.all(keys.map((key) => client.pttl(key)));
  await client.quit();
  expect(keys.length).toBeGreaterThanOrEqual(3);
  expect(Math.min(...lives)).toBeGreaterThan(0);
  expect(Math.max(...lives)).toBeLessThanOrEqual(60_000);
});
