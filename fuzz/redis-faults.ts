import { Redis } from 'ioredis';

import type { Chance } from './chance.js';

/** What befalls a Redis that is the fuzzer's own. */
export interface RedisFaults {
  choose(chance: Chance): { readonly name: string; readonly strike: () => Promise<unknown> };
  close(): void;
}

/** Longer than a command is waited for, and shorter. */
const PAUSES_MS = [20, 100, 300];

/** @param keyPrefix of the keys to put garbage under */
export async function openRedisFaults(url: string, keyPrefix: string): Promise<RedisFaults> {
  const redis = new Redis(url);
  await redis.ping();

  const spoilKey = (key: string, chance: Chance) =>
    chance.pick<() => Promise<unknown>>([
      () => redis.set(key, chance.pick(GARBAGE), 'PX', 60_000),
      () => redis.set(key, `["${chance.below(2 ** 32)}","","PERMITTED",[],0,9007199254740991]`),
      () => redis.set(key, Buffer.from([0xff, 0xfe, 0x00, 0xd8])),
      () => redis.multi().del(key).rpush(key, 'a', 'b').pexpire(key, 60_000).exec(),
      () => redis.del(key),
    ])();

  const faults: Readonly<Record<string, (chance: Chance) => Promise<unknown>>> = {
    'connections cut': () =>
      Promise.all([
        redis.client('KILL', 'TYPE', 'NORMAL', 'SKIPME', 'YES'),
        redis.client('KILL', 'TYPE', 'PUBSUB'),
      ]),
    'a slow Redis': (chance) => redis.client('PAUSE', chance.pick(PAUSES_MS), 'ALL'),
    'garbage in Redis': async (chance) => {
      const keys = await redis.keys(`${keyPrefix}*`);
      for (const key of chance.shuffled(keys).slice(0, 40)) await spoilKey(key, chance);
    },
    'an empty Redis': () => redis.flushall(),
    'nonsense published': (chance) => redis.publish(`${keyPrefix}renewals`, chance.pick(GARBAGE)),
  };

  return {
    choose(chance) {
      const [name, fault] = chance.pick(Object.entries(faults));
      return { name, strike: () => fault(chance) };
    },
    close: () => redis.disconnect(),
  };
}

const GARBAGE = [
  '',
  'garbage',
  'null',
  '[]',
  '{}',
  '[null]',
  '["policies"]',
  '["","","PERMITTED",[],0,0]',
  '["","","PERMITTED",[],1e999,1e999]',
  '{"__proto__":{"allowed":true}}',
  '['.repeat(100_000),
];
