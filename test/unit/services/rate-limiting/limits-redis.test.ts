import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';

import pino from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { openLimitsRedis } from '../../../../src/services/rate-limiting/limits-redis.js';
import { createRedisSlidingWindow } from '../../../../src/services/rate-limiting/redis-sliding-window.js';
import { freePort } from '../../../support/programs.js';
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
