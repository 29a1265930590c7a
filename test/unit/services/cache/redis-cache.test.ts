import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { createReadThrough } from '../../../../src/services/cache/read-through.js';
import { RedisCache } from '../../../../src/services/cache/redis-cache.js';
import { createLogger } from '../../../../src/services/create-logger.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import { createTestRedis, type TestRedis } from '../../../support/redis.js';
import { startOwnRedis, type OwnRedis } from '../../../support/servers.js';
import { Wire } from '../../../support/wire.js';

let redis: TestRedis;
let wire: Wire;
let warnings: string[];
let now: number;
let cache: RedisCache;

const open = ({ credentials = '', port = wire.port } = {}) =>
  RedisCache.open({
    url: `redis://${credentials}127.0.0.1:${port}`,
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

async function put(key: string, value: string, into = cache): Promise<boolean> {
  const [answer] = await into.read([key]);
  if (answer === undefined || answer.hit || answer.ticket === null) return false;
  return into.fill(key, answer.ticket, value, 60_000);
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
  await (await open({ credentials: 'somebody:hunter2@' })).close();
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

test('what it was not told to forget it does not bring back, and is told to forget as soon as it listens', async () => {
  const neighbour = await open({ port: Number(new URL(redis.url).port) });
  try {
    await put('changed', 'before');
    await put('other', 'as it is');
    await wire.cut();
    await expect(cache.invalidate(['changed'])).rejects.toMatchObject(isUnavailable);
    expect(await neighbour.read(['changed'])).toEqual([{ hit: true, value: 'before' }]);

    await wire.open();
    const seen = new Set<unknown>();
    const readBoth = async () => {
      const [changed, other] = await cache.read(['changed', 'other']);
      seen.add(changed?.hit);
      return other;
    };
    await expect.poll(readBoth, { timeout: 10_000 }).toEqual({ hit: true, value: 'as it is' });
    await expect.poll(() => neighbour.read(['changed'])).toMatchObject([{ hit: false }]);
    expect(seen).toEqual(new Set([false]));
    // Paid is paid: it is kept again, whoever reads it.
    await expect.poll(() => put('changed', 'after')).toBe(true);
    expect(await neighbour.read(['changed'])).toEqual([{ hit: true, value: 'after' }]);
  } finally {
    await neighbour.close();
  }
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

test.each<[string, (client: Redis, key: (part: string) => string) => Promise<unknown>]>([
  ['a value that is none', (client, key) => client.set(key('v'), 'garbage')],
  ['a value of another type', (client, key) => client.lpush(key('v'), 'garbage')],
  ['a generation of another type', (client, key) => client.lpush(key('g'), 'garbage')],
  ['a suspension without an end', (client, key) => client.set(key('g'), '')],
])('garbage that would stay for ever does not stay in the way: %s', async (_what, put) => {
  const client = new Redis(redis.url);
  await put(client, (part) => `${redis.keyPrefix}${part}:thing:a`);
  await client.quit();
  const loads: string[] = [];
  const things = createReadThrough<string>({
    cache,
    prefix: 'thing:',
    ttlMs: 60_000,
    load: async (id) => `${id} ${loads.push(id)}`,
    revive: (json) => (typeof json === 'string' ? json : undefined),
  });
  await things.get('a');
  const second = await things.get('a');
  expect([await things.get('a'), await things.get('a')]).toEqual([second, second]);
  await things.invalidate(['a']);
  expect(await things.get('a')).not.toBe(second);
});

describe('while the server is stopped, and connected all the same', () => {
  const PAUSE_MS = 5_000;
  const MISS = { hit: false, ticket: null };
  let own: OwnRedis;
  let path: Wire;
  let subject: RedisCache;
  beforeEach(async () => {
    own = await startOwnRedis();
    path = new Wire(new URL(own.value));
    await path.open();
    subject = await open({ port: path.port });
    await put('key', 'before', subject);
  });
  afterEach(async () => {
    own.thaw();
    await subject.close();
    await path.cut();
    await own.stop();
  });

  /** What was sent meanwhile; commands arrive in order, so that a change that waits in vain has all before it arrive. */
  const sentDuring = async (work: () => Promise<unknown>) => {
    const before = path.sent;
    await work();
    await expect(subject.invalidate(['another'])).rejects.toMatchObject(isUnavailable);
    return { scripts: path.sent.scripts - before.scripts - 1, pings: path.sent.pings - before.pings };
  };

  test('one read waits for it, and the others leave it alone', async () => {
    const [other] = await subject.read(['other']);
    own.freeze();
    expect(await sentDuring(() => subject.read(['key']))).toEqual({ scripts: 1, pings: 0 });
    const rest = async () => {
      for (let read = 0; read < 12; read++) expect(await subject.read(['key', 'b'])).toEqual([MISS, MISS]);
      if (other?.hit !== false || other.ticket === null) throw new Error('expected a miss');
      expect(await subject.fill('other', other.ticket, 'x', 60_000)).toBe(false);
    };
    expect(await sentDuring(rest)).toEqual({ scripts: 0, pings: 0 });
    now += PAUSE_MS - 1;
    expect(await sentDuring(rest)).toEqual({ scripts: 0, pings: 0 });
  });

  test('it is probed now and then, once for all reads, and none of them waits', async () => {
    own.freeze();
    await subject.read(['key']);
    for (let probe = 0; probe < 3; probe++) {
      now += PAUSE_MS;
      const reads = () => Promise.all(Array.from({ length: 20 }, () => subject.read(['key'])));
      expect(await sentDuring(reads)).toEqual({ scripts: 0, pings: 1 });
    }
  });

  test('it is used again once a probe was answered, and holds nothing from before', async () => {
    const [late] = await subject.read(['late']);
    own.freeze();
    await subject.read(['key']);
    await subject.suspend(['suspended'], 60_000);
    await expect(subject.invalidate(['key', 'late'])).rejects.toMatchObject(isUnavailable);
    own.thaw();
    expect(await subject.read(['key'])).toEqual([MISS]);
    now += PAUSE_MS;
    await expect.poll(async () => await put('fresh', 'value', subject)).toBe(true);
    expect(await subject.read(['suspended'])).toEqual([MISS]);
    // What it was sent meanwhile it has done by now.
    expect(await subject.read(['key'])).toMatchObject([{ hit: false }]);
    if (late?.hit !== false || late.ticket === null) throw new Error('expected a miss');
    expect(await subject.fill('late', late.ticket, 'stale', 60_000)).toBe(false);
  });

  test('a change that it confirms ends the pause', async () => {
    own.freeze();
    await subject.read(['key']);
    own.thaw();
    await expect
      .poll(() => subject.invalidate(['another']).then(() => 'confirmed', String))
      .toBe('confirmed');
    expect(await subject.read(['key'])).toEqual([{ hit: true, value: 'before' }]);
  });
});
