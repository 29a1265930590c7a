import fc from 'fast-check';
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { BypassCache } from '../../../../src/services/cache/bypass-cache.js';
import type { Cache } from '../../../../src/services/cache/cache.js';
import { MemoryCache } from '../../../../src/services/cache/memory-cache.js';
import { createReadThrough } from '../../../../src/services/cache/read-through.js';
import { FakeClock } from '../../../support/fake-clock.js';
import { spoil } from '../../../support/spoil.js';

const TTL_MS = 1_000;
/** Its reads fail. */
const BROKEN = 'broken';

interface Thing {
  readonly value: string;
}

/** Things behind a cache, what was read of them, and which of them were announced together. */
function open(truth: ReadonlyMap<string, string>, clock: FakeClock, over?: Cache) {
  const cache = over ?? new MemoryCache({ clock });
  const together: (readonly string[])[] = [];
  const reads: string[] = [];
  const looks = vi.spyOn(cache, 'read');
  const things = createReadThrough<Thing>({
    cache,
    prefix: 'thing:',
    ttlMs: TTL_MS,
    loadAmong(ids) {
      if (ids.length > 0) together.push(ids);
      return async (id) => {
        expect(ids).toContain(id);
        reads.push(id);
        const value = truth.get(id);
        await new Promise<void>((resolve) => void setImmediate(resolve));
        if (id === BROKEN) throw new Error('No answer.');
        return value === undefined ? undefined : { value };
      };
    },
    revive: (json) => (typeof (json as Thing | null)?.value === 'string' ? (json as Thing) : undefined),
  });
  return { things, together, looks, reads, cache };
}

const clock = new FakeClock();
let truth: Map<string, string>;
beforeEach(() => {
  truth = new Map(['a', 'b', 'c', 'd'].map((id) => [id, `${id} before`]));
});

const id = fc.constantFrom('a', 'b', 'c', 'd', 'nobody', BROKEN);
const ids = fc.array(id, { maxLength: 12 });
const step = fc.oneof(
  fc.record({ kind: fc.constant('read' as const), ids }),
  fc.record({ kind: fc.constant('change' as const), id, isSpread: fc.boolean() }),
  fc.record({
    kind: fc.constant('spoil' as const),
    id,
    garbage: fc.constantFrom('garbage', 'null', '{}', '[]', '"x"'),
  }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 500, TTL_MS) }),
);

describe('reading many', () => {
  test('answers as reading each of them does, in order, whatever is cached, changed, expired or garbage', async () => {
    const readEach = async ({ things }: ReturnType<typeof open>, wanted: readonly string[]) => {
      const answers = new Map<string, Thing | undefined | Error>();
      for (const one of new Set(wanted)) {
        answers.set(one, await things.get(one).catch((error: unknown) => error as Error));
      }
      return wanted.map((one) => answers.get(one));
    };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const time = new FakeClock();
        const current = new Map(truth);
        const [many, each] = [open(current, time), open(current, time)];
        for (const [turn, next] of steps.entries()) {
          if (next.kind === 'wait') time.advance(next.ms);
          if (next.kind === 'spoil') {
            await Promise.all(
              [many, each].map(({ cache }) => spoil(cache, `thing:${next.id}`, next.garbage, TTL_MS)),
            );
          }
          if (next.kind === 'change') {
            current.set(next.id, `${next.id} at ${turn}`);
            // A change by others is not told to the cache.
            if (!next.isSpread) continue;
            await Promise.all([many.things.invalidate([next.id]), each.things.invalidate([next.id])]);
          }
          if (next.kind !== 'read') continue;
          const [before, eachBefore] = [many.reads.length, each.reads.length];
          many.looks.mockClear();
          expect(await many.things.getMany(next.ids)).toEqual(await readEach(each, next.ids));
          expect(many.reads.slice(before)).toEqual(each.reads.slice(eachBefore));
          expect(many.looks).toHaveBeenCalledTimes(1);
        }
      }),
    );
  });

  test('looks into the cache once, and reads what is missing together, each once', async () => {
    const { things, together, looks } = open(truth, clock);
    await things.get('b');
    expect(await things.getMany(['c', 'a', 'b', 'a'])).toEqual([
      { value: 'c before' },
      { value: 'a before' },
      { value: 'b before' },
      { value: 'a before' },
    ]);
    expect(together).toEqual([['b'], ['c', 'a']]);
    expect(looks.mock.calls.slice(1)).toEqual([[['thing:c', 'thing:a', 'thing:b']]]);
  });

  test('takes garbage for missing', async () => {
    const { things, together, reads, cache } = open(truth, clock);
    await things.getMany(['a', 'b', 'c']);
    await spoil(cache, 'thing:b', 'garbage');
    await spoil(cache, 'thing:c', '{}');
    const expected = ['a before', 'b before', 'c before'].map((value) => ({ value }));
    for (let turn = 0; turn < 3; turn += 1) expect(await things.getMany(['a', 'b', 'c'])).toEqual(expected);
    expect(together).toEqual([
      ['a', 'b', 'c'],
      ['b', 'c'],
      ['b', 'c'],
    ]);
    expect(reads).toEqual(together.flat());
  });

  test('fails for the one whose read fails, and caches the others', async () => {
    const { things, reads } = open(truth, clock);
    const read = () => things.getMany(['a', BROKEN, 'nobody', 'b']);
    const expected = [{ value: 'a before' }, new Error('No answer.'), undefined, { value: 'b before' }];
    expect(await read()).toEqual(expected);
    expect(await read()).toEqual(expected);
    expect(reads).toEqual(['a', BROKEN, 'nobody', 'b', BROKEN, 'nobody']);
  });

  test('joins reads that are under way, and is joined by others', async () => {
    const { things, reads, together } = open(truth, clock);
    const answers = await Promise.all([
      things.get('a'),
      things.getMany(['b', 'a']),
      things.getMany(['c', 'b']),
      things.get('c'),
    ]);
    expect(answers.flat().map((thing) => (thing as Thing).value[0])).toEqual(['a', 'b', 'a', 'c', 'b', 'c']);
    expect(reads).toEqual(['a', 'b', 'c']);
    expect(together).toEqual([['a'], ['b'], ['c']]);
  });

  test('that began before a change fills no cache, and nobody joins it', async () => {
    const { things, reads } = open(truth, clock);
    const before = things.getMany(['a', 'b']);
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    truth.set('a', 'a after');
    await things.invalidate(['a']);
    expect(await things.getMany(['b', 'a'])).toEqual([{ value: 'b before' }, { value: 'a after' }]);
    expect(await before).toEqual([{ value: 'a before' }, { value: 'b before' }]);
    expect(await things.getMany(['a', 'b'])).toEqual([{ value: 'a after' }, { value: 'b before' }]);
    expect(reads.filter((one) => one === 'a')).toHaveLength(2);
  });

  test('reads each once where nothing is cached', async () => {
    const { things, reads } = open(truth, clock, new BypassCache());
    await things.getMany(['a', 'b', 'a']);
    await things.getMany(['b']);
    expect(reads).toEqual(['a', 'b', 'b']);
  });

  test('of none is nothing', async () => {
    const { things, reads } = open(truth, clock);
    expect(await things.getMany([])).toEqual([]);
    expect(reads).toEqual([]);
  });
});
