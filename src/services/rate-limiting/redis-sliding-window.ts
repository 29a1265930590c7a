import type { Clock } from '../clock.js';
import type { CountingRedis } from './limits-redis.js';
import { REDIS_NOW } from './redis-time.js';
import { stepOf, type SlidingWindow } from './sliding-window.js';

export interface RedisSlidingWindowOptions {
  readonly redis: CountingRedis;
  /** Left out: Redis's own, which is one for all instances. */
  readonly clock?: Clock;
}

/**
 * A sorted set for each key. The score of a member is the end of its step, and the member itself is all that was ever admitted
 * until then: a number that only grows, so that members differ, and that is subtracted instead of summed up. The youngest of
 * the members that the window has left behind stays: it is what the others are counted from. A key of another type is nothing of
 * ours, and would stand in the way for ever.
 *
 * KEYS: the key. ARGV: the time, where it is not Redis's; max, window, count, step.
 */
const TAKE = `
    ${REDIS_NOW}
    local max, window, count, step = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
    local key, since = KEYS[1], now - window
    if redis.call('TYPE', key).ok ~= 'zset' then redis.call('DEL', key) end

    local last = redis.call('ZREVRANGE', key, 0, 0, 'WITHSCORES')
    local total, lastAt = tonumber(last[1] or 0), tonumber(last[2] or 0)
    local left = redis.call('ZREVRANGEBYSCORE', key, since, '-inf', 'WITHSCORES', 'LIMIT', 0, 1)
    local base = tonumber(left[1] or 0)
    if left[1] then redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. left[2]) end

    local used, admitted, wait = total - base, 0, 0
    if used + count <= max then
      admitted, used, total = 1, used + count, total + count
      local at = math.ceil(now / step) * step
      if lastAt >= at then
        at = lastAt
        redis.call('ZREM', key, last[1])
      end
      redis.call('ZADD', key, at, string.format('%.0f', total))
      redis.call('PEXPIRE', key, window + step)
    else
      local wanted, low, high = total + count - max, 0, redis.call('ZCARD', key) - 1
      while low < high do
        local middle = math.floor((low + high) / 2)
        if tonumber(redis.call('ZRANGE', key, middle, middle)[1]) >= wanted then high = middle else low = middle + 1 end
      end
      wait = tonumber(redis.call('ZRANGE', key, low, low, 'WITHSCORES')[2]) - since
    end
    local first = redis.call('ZRANGEBYSCORE', key, '(' .. string.format('%.0f', since), '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
    return { admitted, math.max(0, max - used), first[2] and tonumber(first[2]) - since or 0, wait }`;

type Scripted = {
  portcullisTake(
    key: string,
    ...theArguments: readonly (string | number)[]
  ): Promise<readonly [admitted: number, remaining: number, resetMs: number, retryAfterMs: number]>;
};

/** Counts for all instances on one Redis, in one round trip. */
export function createRedisSlidingWindow({ redis, clock }: RedisSlidingWindowOptions): SlidingWindow {
  redis.client.defineCommand('portcullisTake', { lua: TAKE, numberOfKeys: 1 });
  const scripted = redis.client as unknown as Scripted;
  return {
    async take(key, limit, count) {
      const { max, windowMs } = limit;
      const time = clock?.now().getTime() ?? '';
      const [admitted, remaining, resetMs, retryAfterMs] = await redis.count(() =>
        scripted.portcullisTake(key, time, max, windowMs, count, stepOf(limit)),
      );
      return { admitted: admitted === 1, remaining, resetMs, retryAfterMs };
    },
  };
}
