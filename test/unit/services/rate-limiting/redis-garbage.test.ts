import pino from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { systemClock } from '../../../../src/services/clock.js';
import { openLimitsRedis, type LimitsRedis } from '../../../../src/services/rate-limiting/limits-redis.js';
import { createRedisAttemptStore } from '../../../../src/services/rate-limiting/redis-attempt-store.js';
import { createRedisSlidingWindow } from '../../../../src/services/rate-limiting/redis-sliding-window.js';
import { systemRandomness } from '../../../../src/services/randomness.js';
import { createTestRedis } from '../../../support/redis.js';

let redis: LimitsRedis;
beforeEach(async () => {
  const options = { ...(await createTestRedis()), clock: systemClock, logger: pino({ level: 'silent' }) };
  redis = await openLimitsRedis(options);
});
afterEach(() => redis.close());

describe.each<[string, (key: string) => Promise<unknown>]>([
  ['a text', (key) => redis.client.set(key, 'x')],
  ['a list', (key) => redis.client.lpush(key, 'x')],
  ['a set', (key) => redis.client.sadd(key, 'x')],
])('%s where something is counted', (_what, put) => {
  test('makes way for a window', async () => {
    await put('key');
    const window = createRedisSlidingWindow({ redis });
    const limit = { max: 2, windowMs: 60_000 };
    const taken = [
      await window.take('key', limit, 1),
      await window.take('key', limit, 1),
      await window.take('key', limit, 1),
    ];
    expect(taken.map(({ admitted }) => admitted)).toEqual([true, true, false]);
  });

  test('makes way for tries', async () => {
    await Promise.all(['attempts:here', 'attempts:anywhere'].map(put));
    const store = createRedisAttemptStore({ redis, randomness: systemRandomness });
    expect(await store.begin({ here: 'attempts:here', anywhere: 'attempts:anywhere' })).toMatchObject({
      admitted: true,
    });
  });
});
