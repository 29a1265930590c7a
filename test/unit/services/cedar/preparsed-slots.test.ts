import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createPreparsedSlots } from '../../../../src/services/cedar/preparsed-slots.js';
import type { CedarWasm } from '../../../../src/services/cedar/wasm-module.js';

/** Stands for wasm's own map from names to what was parsed. */
function newSlots(limits = { slots: 3, weight: 10 }) {
  const held = new Map<string, string>();
  const module = { generation: 1 };
  const clear = (_wasm: CedarWasm, name: string) => held.set(name, '');
  const slots = createPreparsedSlots(module, clear, limits);
  const ask = (key: string, weight = 1) => {
    const parse = (_wasm: CedarWasm, name: string) => {
      if (key === 'bad') throw new Error('refused');
      held.set(name, key);
    };
    return slots.nameOf({} as CedarWasm, { key, weight, parse });
  };
  return { held, module, ask };
}

describe('createPreparsedSlots', () => {
  it('names what was asked for, within few names, whatever came before', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      weight: fc.integer({ min: 0, max: 12 }),
      rebuild: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const { held, module, ask } = newSlots();
        for (const { key, weight, rebuild } of steps) {
          if (rebuild) {
            module.generation += 1;
            held.clear();
          }
          expect(held.get(ask(key, weight))).toBe(key);
          expect(held.size).toBeLessThanOrEqual(3);
        }
      }),
    );
  });

  it('forgets the least recently used, and what weighs too much together', () => {
    const { held, ask } = newSlots();
    for (const key of ['a', 'b', 'c', 'a', 'd']) ask(key);
    expect([...held.values()].sort()).toEqual(['a', 'c', 'd']);
    ask('heavy', 10);
    expect([...held.values()].filter((key) => key !== '')).toEqual(['heavy']);
  });

  it('gives a name back that could not be filled', () => {
    const { held, ask } = newSlots();
    for (let round = 0; round < 10; round += 1) expect(() => ask('bad')).toThrow('refused');
    expect(held.get(ask('good'))).toBe('good');
    expect(held.size).toBe(1);
  });
});
