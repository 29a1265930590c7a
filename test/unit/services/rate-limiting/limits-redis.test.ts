import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { openLimitsRedis } from '../../../../src/services/rate-limiting/limits-redis.js';
import { createRedisSlidingWindow } from '../../../../src/services/rate-limiting/redis-sliding-window.js';
import { freePort } from '../../../support/programs.js';
import { startOwnRedis } from '../../../support/servers.js';
import { FakeClock } from '../../../support/fake-clock.js';

const FIVE = { max: 5, windowMs: 60_000 };

let clock: FakeClock;
let logged: string[];
let silent: Server;
let sockets: Socket[];

beforeEach(async () => {
  clock = new FakeClock();
  logged = [];
  sockets = [];
  silent = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});

const open = (port: number) =>
  openLimitsRedis({
    url: `redis://127.0.0.1:${port}`,
    clock,
    logger: pino({}, { write: (line: string) => void logged.push(line) }),
  });

test.each(['is away', 'never answers'])(
  'a server that %s stops no start and refuses what is counted',
  async (how) => {
    const redis = await open(how === 'is away' ? await freePort() : (silent.address() as AddressInfo).port);
    const window = createRedisSlidingWindow({ redis });
    await expect(window.take('key', FIVE, 1)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      retryable: true,
    });
    await redis.close();
  },
);

test('a server that did not answer is not asked again for a second, and its outage is logged once in ten', async () => {
  const redis = await open(await freePort());
  const call = vi.fn().mockRejectedValue(new Error('away'));
  for (let time = 0; time < 20; time += 1) {
    await expect(redis.count(call)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  }
  expect(call).toHaveBeenCalledTimes(1);
  clock.advance(1_000);
  await expect(redis.count(call)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  expect(call).toHaveBeenCalledTimes(2);
  expect(logged).toHaveLength(1);
  clock.advance(9_000);
  await expect(redis.count(call)).rejects.toThrow();
  expect(logged).toHaveLength(2);
  clock.advance(1_000);
  call.mockResolvedValue('counted');
  expect(await redis.count(call)).toBe('counted');
  await redis.close();
});

const SILENT = { code: 'UPSTREAM_UNAVAILABLE' };

test('of a server that is silent one call at a time finds out whether it is back, and the others fail at once', async () => {
  const redis = await open(await freePort());
  const call = vi.fn().mockRejectedValueOnce(new Error('away'));
  await expect(redis.count(call)).rejects.toMatchObject(SILENT);
  clock.advance(1_000);
  let answer: (value: string) => void = () => undefined;
  call.mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
  const probe = redis.count(call);
  await expect(redis.count(call)).rejects.toMatchObject(SILENT);
  expect(call).toHaveBeenCalledTimes(2);
  answer('counted');
  expect(await probe).toBe('counted');
  call.mockResolvedValue('counted, too');
  expect(await Promise.all([redis.count(call), redis.count(call)])).toEqual(['counted, too', 'counted, too']);
  await redis.close();
});

test('what goes on uncounted leaves a stopped server alone; what has to be counted works as soon as it is back', async () => {
  const server = await startOwnRedis();
  const redis = await open(Number(new URL(server.value).port));
  try {
    const [reading, changing] = [vi.fn(() => redis.client.ping()), vi.fn(() => redis.client.ping())];
    const read = () => redis.waivable.count(reading);
    const change = () => redis.count(changing);
    server.freeze();
    await expect(read()).rejects.toMatchObject(SILENT);
    for (let call = 0; call < 12; call += 1) {
      await expect(read()).rejects.toMatchObject(SILENT);
      await expect(change()).rejects.toMatchObject(SILENT);
    }
    clock.advance(1_000);
    await expect(change()).rejects.toMatchObject(SILENT);
    await expect(read()).rejects.toMatchObject(SILENT);
    expect([reading.mock.calls.length, changing.mock.calls.length]).toEqual([1, 1]);

    // A read sets off a probe, and does not wait for it.
    clock.advance(5_000);
    await Promise.all(Array.from({ length: 5 }, () => expect(read()).rejects.toMatchObject(SILENT)));
    expect(reading).toHaveBeenCalledTimes(1);

    server.thaw();
    expect(await change()).toBe('PONG');
    expect(await read()).toBe('PONG');
  } finally {
    server.thaw();
    await redis.close();
    await server.stop();
  }
});

test('a probe that was answered brings the counting of reads back', async () => {
  const server = await startOwnRedis();
  const redis = await open(Number(new URL(server.value).port));
  try {
    const read = () => redis.waivable.count(() => redis.client.ping());
    server.freeze();
    await expect(read()).rejects.toMatchObject(SILENT);
    server.thaw();
    clock.advance(4_999);
    await expect(read()).rejects.toMatchObject(SILENT);
    clock.advance(1);
    await expect(read()).rejects.toMatchObject(SILENT);
    await expect.poll(() => read().catch(() => 'uncounted')).toBe('PONG');
  } finally {
    server.thaw();
    await redis.close();
    await server.stop();
  }
});
