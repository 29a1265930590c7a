import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';

import { BypassCache } from '../../../../src/services/cache/bypass-cache.js';
import type { Cache } from '../../../../src/services/cache/cache.js';
import { MemoryCache } from '../../../../src/services/cache/memory-cache.js';
import { createReadThrough } from '../../../../src/services/cache/read-through.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { spoil } from '../../../support/spoil.js';

const clock = new FakeClock();
let cache: MemoryCache;
let truth: Map<string, string>;
let loads: number;

const reader = (over: Cache = cache) =>
  createReadThrough<{ value: string }>({
    cache: over,
    prefix: 'thing:',
    ttlMs: 1_000,
    load: async (id) => {
      loads += 1;
      const value = truth.get(id);
      await new Promise<void>((resolve) => void setImmediate(resolve));
      return value === undefined ? undefined : { value };
    },
    revive: reviveThing,
  });

function reviveThing(json: unknown): { value: string } | undefined {
  const thing = json as { value?: unknown } | null;
  return typeof thing?.value === 'string' ? { value: thing.value } : undefined;
}

/** The same cache, which cannot be told to forget. */
const deaf = (): Cache => ({
  read: (keys) => cache.read(keys),
  fill: (...entry) => cache.fill(...entry),
  invalidate: () => Promise.reject(new Error('No answer.')),
  suspend: (...keys) => cache.suspend(...keys),
  ping: () => Promise.reject(new Error('No answer.')),
  close: () => cache.close(),
});

beforeEach(() => {
  cache = new MemoryCache({ clock });
  truth = new Map([['a', 'old']]);
  loads = 0;
});

describe('a read', () => {
  test('of what is about to change is not kept', async () => {
    const things = createReadThrough<{ value: string }>({
      cache,
      prefix: 'thing:',
      ttlMs: 1_000,
      load: async (id) => ({ value: truth.get(id) ?? '' }),
      isLasting: ({ value }) => value !== 'old',
      revive: reviveThing,
    });
    expect(await things.get('a')).toEqual({ value: 'old' });
    truth.set('a', 'new');
    expect(await things.get('a')).toEqual({ value: 'new' });
    truth.set('a', 'newer');
    expect(await things.get('a')).toEqual({ value: 'new' });
  });

  test('is shared by all who ask at once, and kept for its time', async () => {
    const things = reader();
    await Promise.all(Array.from({ length: 10 }, () => things.get('a')));
    clock.advance(999);
    expect(await things.get('a')).toEqual({ value: 'old' });
    expect(loads).toBe(1);
    clock.advance(1);
    await things.get('a');
    expect(loads).toBe(2);
  });

  test('of what does not exist is not kept', async () => {
    const things = reader();
    expect(await things.get('b')).toBeUndefined();
    truth.set('b', 'new');
    expect(await things.get('b')).toEqual({ value: 'new' });
  });

  test('that began before a change is joined by nobody who asks after it', async () => {
    const things = reader();
    const before = things.get('a');
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    truth.set('a', 'new');
    await things.invalidate(['a']);
    expect(await things.get('a')).toEqual({ value: 'new' });
    await before;
    expect(await things.get('a')).toEqual({ value: 'new' });
  });

  test('that fails is told to all who joined it, and tried again by the next', async () => {
    let fails = true;
    const things = createReadThrough<string>({
      cache,
      prefix: 'thing:',
      ttlMs: 1_000,
      load: async () => {
        if (fails) throw new Error('No answer.');
        return 'value';
      },
      revive: String,
    });
    const outcomes = await Promise.allSettled([things.get('a'), things.get('a')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    fails = false;
    expect(await things.get('a')).toBe('value');
  });
});

describe('a value in the cache', () => {
  test('is made of its text once, for as long as that is the same', async () => {
    let revived = 0;
    const things = createReadThrough<{ value: string }>({
      cache,
      prefix: 'thing:',
      ttlMs: 1_000,
      load: async (id) => ({ value: truth.get(id) ?? '' }),
      revive(json) {
        revived += 1;
        return reviveThing(json);
      },
    });
    truth.set('b', 'old');
    await things.getMany(['a', 'b']);
    const [first, other] = await things.getMany(['a', 'b']);
    expect(await things.get('a')).toBe(first);
    expect(other).not.toBe(first);
    expect(revived).toBe(2);
    truth.set('a', 'new');
    await things.invalidate(['a']);
    await things.get('a');
    expect(await things.get('a')).toEqual({ value: 'new' });
    expect(await things.get('b')).toBe(other);
    expect(revived).toBe(3);
  });

  test('is gone when its time is over, whatever was made of it', async () => {
    const things = reader();
    await things.get('a');
    await things.get('a');
    truth.delete('a');
    clock.advance(1_000);
    expect(await things.get('a')).toBeUndefined();
  });
});

describe('what is no value in the cache', () => {
  test('is a miss, and goes: who reads next fills the cache anew', async () => {
    const garbage = fc
      .oneof(
        fc.constantFrom('', 'garbage', 'null', '{}', '[]', '"x"', '[1,2]', '{"value":1}', '{"value":"old"'),
        fc.string(),
        fc.json(),
      )
      .filter((text) => !isThing(text));
    await fc.assert(
      fc.asyncProperty(garbage, fc.boolean(), async (text, isReadAmongMany) => {
        const things = reader();
        const read = async () => (isReadAmongMany ? (await things.getMany(['a']))[0] : things.get('a'));
        await spoil(cache, 'thing:a', text);
        loads = 0;
        expect(await read()).toEqual({ value: 'old' });
        expect(await read()).toEqual({ value: 'old' });
        expect(loads).toBe(2);
        expect(await read()).toEqual({ value: 'old' });
        expect(loads).toBe(2);
      }),
    );
  });

  test('is what belongs to another, and goes', async () => {
    truth.set('b', 'other');
    const things = reader();
    await things.get('b');
    const [read] = await cache.read(['thing:b']);
    await spoil(cache, 'thing:a', read?.hit ? read.value : '');
    expect([await things.get('a'), await things.get('b')]).toEqual([{ value: 'old' }, { value: 'other' }]);
  });

  test('hides nothing from a refresh', async () => {
    await spoil(cache, 'thing:a', 'garbage');
    const things = reader();
    expect(await things.refresh('a')).toEqual({ value: 'old' });
    expect(await things.get('a')).toEqual({ value: 'old' });
    expect(loads).toBe(1);
  });

  test('does not fill the cache with what was read before a change', async () => {
    await spoil(cache, 'thing:a', 'garbage');
    const things = reader();
    const before = things.get('a');
    await new Promise<void>((resolve) => void setImmediate(resolve));
    truth.set('a', 'new');
    await things.invalidate(['a']);
    expect(await before).toEqual({ value: 'old' });
    expect(await things.get('a')).toEqual({ value: 'new' });
  });

  test('is a miss also where the cache cannot be told to drop it', async () => {
    await spoil(cache, 'thing:a', 'garbage');
    const things = reader(deaf());
    expect(await things.get('a')).toEqual({ value: 'old' });
    expect(await things.getMany(['b', 'a'])).toEqual([undefined, { value: 'old' }]);
    expect(await things.refresh('a')).toEqual({ value: 'old' });
  });

  const isThing = (text: string): boolean => {
    try {
      return reviveThing(JSON.parse(text)) !== undefined;
    } catch {
      return false;
    }
  };
});

describe('a refresh', () => {
  test('passes over what is cached, and caches what it finds', async () => {
    const things = reader();
    await things.get('a');
    truth.set('a', 'new');
    expect(await things.refresh('a')).toEqual({ value: 'new' });
    expect(await things.get('a')).toEqual({ value: 'new' });
    expect(loads).toBe(2);
  });

  test('tells the truth also where the cache cannot be told', async () => {
    const things = reader(deaf());
    await things.get('a');
    truth.set('a', 'new');
    expect(await things.refresh('a')).toEqual({ value: 'new' });
    await expect(things.invalidate(['a'])).rejects.toThrow();
  });
});

test('over a cache that keeps nothing, every read is of the truth', async () => {
  const things = reader(new BypassCache());
  await Promise.all([things.get('a'), things.get('a')]);
  truth.set('a', 'new');
  expect(await things.get('a')).toEqual({ value: 'new' });
  expect(loads).toBe(3);
});
