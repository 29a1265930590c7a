import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { FillTicket } from '../../../../src/services/cache/cache.js';
import { MemoryCache } from '../../../../src/services/cache/memory-cache.js';

const clock = { now: () => new Date(0) };

async function ticketOf(cache: MemoryCache, key: string): Promise<FillTicket> {
  const [answer] = await cache.read([key]);
  if (answer === undefined || answer.hit || answer.ticket === null) throw new Error('expected a miss');
  return answer.ticket;
}

async function put(cache: MemoryCache, key: string): Promise<void> {
  await cache.fill(key, await ticketOf(cache, key), key, 1_000);
}

async function keysIn(cache: MemoryCache, keys: string[]): Promise<string[]> {
  const answers = await cache.read(keys);
  return keys.filter((_, index) => answers[index]?.hit);
}

test('holds no more than it may, and drops what was used least recently', async () => {
  const cache = new MemoryCache({ clock, maxEntries: 3 });
  for (const key of ['a', 'b', 'c']) await put(cache, key);
  await cache.read(['a']);
  await put(cache, 'd');
  expect(await keysIn(cache, ['a', 'b', 'c', 'd'])).toEqual(['a', 'c', 'd']);
});

test('an invalidation that it no longer remembers still refuses what was read before', async () => {
  const cache = new MemoryCache({ clock, maxEntries: 2 });
  const stale = await ticketOf(cache, 'a');
  await cache.invalidate(['a', 'b', 'c', 'd']);
  expect(await cache.fill('a', stale, 'stale', 1_000)).toBe(false);
  expect(await cache.fill('a', await ticketOf(cache, 'a'), 'fresh', 1_000)).toBe(true);
});

test('whatever it has room to remember, no read answers with an older truth', async () => {
  const step = fc.record({
    do: fc.constantFrom('read', 'fill', 'change'),
    key: fc.nat(3),
    reader: fc.nat(1),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(step, { maxLength: 60 }),
      async (room, steps) => {
        const cache = new MemoryCache({ clock, maxEntries: room });
        const truth = [0, 0, 0, 0];
        const pending = new Map<string, { ticket: FillTicket; seen: number }>();
        for (const { do: action, key, reader } of steps) {
          const name = `key-${key}`;
          const read = `${key}/${reader}`;
          const now = truth[key] ?? 0;
          if (action === 'change') {
            truth[key] = now + 1;
            await cache.invalidate([name]);
          } else if (action === 'read') {
            const [answer] = await cache.read([name]);
            if (answer?.hit) expect(Number(answer.value)).toBe(now);
            else if (answer?.ticket) pending.set(read, { ticket: answer.ticket, seen: now });
          } else {
            const begun = pending.get(read);
            if (begun) await cache.fill(name, begun.ticket, String(begun.seen), 1_000);
          }
        }
      },
    ),
  );
});
