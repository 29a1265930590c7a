import type { Clock } from '../clock.js';
import type { Randomness } from '../randomness.js';
import { ATTEMPT_RULES, UNDER_WAY_RETRY_MS } from './attempt-rules.js';
import type { AttemptStore, CountedTry } from './attempt-store.js';
import type { LimitsRedis } from './limits-redis.js';
import { REDIS_NOW } from './redis-time.js';

export interface RedisAttemptStoreOptions {
  readonly redis: LimitsRedis;
  readonly randomness: Pick<Randomness, 'uuid'>;
  /** Left out: Redis's own, which is one for all instances. */
  readonly clock?: Clock;
}

const { lockingHere, lockingAnywhere, lockMs, memoryMs, patienceMs } = ATTEMPT_RULES;
const LONGEST_LOCK_MS = Math.max(...lockMs);

/** The same steps as attempt-record.ts takes, in one go. Each record is a hash. ARGV 1 is the time, where it is not Redis's. */
const SCRIPTS = {
  /** KEYS: here, anywhere. ARGV 2: the epoch of a record that is new. */
  portcullisBeginTry: `
    ${REDIS_NOW}
    local locks = {${lockMs.join(', ')}}

    local function read(key)
      if redis.call('TYPE', key).ok ~= 'hash' then redis.call('DEL', key) end
      local found = redis.call('HMGET', key, 'epoch', 'since', 'counted', 'underWay', 'lastTry', 'lockedUntil')
      local since, lockedUntil = tonumber(found[2]), tonumber(found[6])
      if not since or (now >= since + ${memoryMs} and now >= lockedUntil) then
        return { epoch = ARGV[2], since = now, counted = 0, underWay = 0, lastTry = now, lockedUntil = 0 }
      end
      return { epoch = found[1], since = since, counted = tonumber(found[3]), underWay = tonumber(found[4]),
        lastTry = tonumber(found[5]), lockedUntil = lockedUntil }
    end

    local function waitOf(record)
      local left = math.max(0, record.lockedUntil - now)
      if record.underWay > 0 and now < record.lastTry + ${patienceMs} then return math.min(left, ${UNDER_WAY_RETRY_MS}) end
      return left
    end

    local function count(key, record, locking)
      local counted, lockedUntil = record.counted + 1, 0
      if counted >= locking then lockedUntil = now + locks[math.min(counted - locking, ${lockMs.length - 1}) + 1] end
      redis.call('HSET', key, 'epoch', record.epoch, 'since', record.since, 'counted', counted,
        'underWay', record.underWay + 1, 'lastTry', now, 'lockedUntil', lockedUntil)
      redis.call('PEXPIRE', key, ${memoryMs + LONGEST_LOCK_MS})
      return lockedUntil
    end

    local here, anywhere = read(KEYS[1]), read(KEYS[2])
    local wait = math.max(waitOf(here), waitOf(anywhere))
    if wait > 0 then return { 0, wait } end
    local lockHere = count(KEYS[1], here, ${lockingHere})
    if here.counted >= ${lockingHere} then return { 1, here.epoch, lockHere } end
    return { 1, here.epoch, lockHere, anywhere.epoch, count(KEYS[2], anywhere, ${lockingAnywhere}) }`,

  /** KEYS: here, anywhere. ARGV 2: the outcome; then epoch and lock of the try in each, the epoch empty where it was not counted. */
  portcullisSettleTry: `
    ${REDIS_NOW}
    local outcome = ARGV[2]

    local function settle(key, epoch, lock, locking)
      local found = redis.call('HMGET', key, 'epoch', 'counted', 'underWay', 'lockedUntil')
      if epoch == '' or found[1] ~= epoch then return 0 end
      local counted, lockedUntil = tonumber(found[2]), tonumber(found[4])
      redis.call('HSET', key, 'underWay', math.max(0, tonumber(found[3]) - 1))
      if outcome == 'failed' then
        if lockedUntil == lock then return math.max(0, lockedUntil - now) end
        return 0
      end
      counted = counted - 1
      if counted <= 0 then
        redis.call('DEL', key)
        return 0
      end
      if counted < locking or lockedUntil == lock then lockedUntil = 0 end
      redis.call('HSET', key, 'counted', counted, 'lockedUntil', lockedUntil)
      return 0
    end

    local anywhere = settle(KEYS[2], ARGV[5], tonumber(ARGV[6]), ${lockingAnywhere})
    if outcome == 'succeeded' then
      redis.call('DEL', KEYS[1])
      return { 0, anywhere }
    end
    return { settle(KEYS[1], ARGV[3], tonumber(ARGV[4]), ${lockingHere}), anywhere }`,
};

type Scripted = Record<
  keyof typeof SCRIPTS,
  (...keysAndArguments: readonly (string | number)[]) => Promise<(string | number)[]>
>;

/** Counts for all instances on one Redis. */
export function createRedisAttemptStore({
  redis,
  randomness,
  clock,
}: RedisAttemptStoreOptions): AttemptStore {
  for (const [name, lua] of Object.entries(SCRIPTS))
    redis.client.defineCommand(name, { lua, numberOfKeys: 2 });
  const scripted = redis.client as unknown as Scripted;
  const time = () => clock?.now().getTime() ?? '';
  const tryOf = (epoch: unknown, lockedUntil: unknown): CountedTry => ({
    epoch: String(epoch),
    lockedUntil: Number(lockedUntil),
  });

  return {
    async begin({ here, anywhere }) {
      const [admitted, ...rest] = await redis.count(() =>
        scripted.portcullisBeginTry(here, anywhere, time(), randomness.uuid()),
      );
      if (admitted !== 1) return { admitted: false, retryAfterMs: Number(rest[0]) };
      return {
        admitted: true,
        ticket: {
          here: tryOf(rest[0], rest[1]),
          anywhere: rest[2] === undefined ? null : tryOf(rest[2], rest[3]),
        },
      };
    },

    async settle(keys, ticket, outcome) {
      const [hereMs, anywhereMs] = await redis.count(() =>
        scripted.portcullisSettleTry(
          keys.here,
          keys.anywhere,
          time(),
          outcome,
          ticket.here.epoch,
          ticket.here.lockedUntil,
          ticket.anywhere?.epoch ?? '',
          ticket.anywhere?.lockedUntil ?? 0,
        ),
      );
      return { hereMs: Number(hereMs), anywhereMs: Number(anywhereMs) };
    },
  };
}
