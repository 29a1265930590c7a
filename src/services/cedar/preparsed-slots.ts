import type { CedarModule, CedarWasm } from './wasm-module.js';

/** What wasm is asked to parse and keep. */
export interface PreparsedContent {
  /** Unique to the content: whoever asks with the same key gets what was parsed for it before. */
  readonly key: string;
  /** What keeping it costs, in policies. */
  readonly weight: number;
  /** Parses the content under a name. @throws when Cedar refuses it */
  parse(wasm: CedarWasm, name: string): void;
}

export interface PreparsedSlots {
  /** The name under which wasm now holds this content. To be used before anything else is asked for. */
  nameOf(wasm: CedarWasm, content: PreparsedContent): string;
}

interface Slot {
  readonly name: string;
  readonly weight: number;
}

export interface SlotLimits {
  /** How many contents are kept at most. */
  slots: number;
  /** How much they weigh together at most. One that weighs more is kept alone. */
  weight: number;
}

/**
 * A bounded cache of what cedar-wasm has parsed, least recently used out first. Wasm's own map of names grows without end
 * and never forgets, so the names here are few and used again; a name that falls free is overwritten by `clear`, which gives
 * its memory back.
 */
export function createPreparsedSlots(
  module: Pick<CedarModule, 'generation'>,
  clear: (wasm: CedarWasm, name: string) => void,
  limits: SlotLimits,
): PreparsedSlots {
  const slots = new Map<string, Slot>();
  /** Used last, and so at the end already. */
  let latest: Slot | undefined;
  let free: string[] = [];
  let named = 0;
  let weight = 0;
  let generation = module.generation;

  const forgetAll = () => {
    slots.clear();
    free = [];
    named = 0;
    weight = 0;
    generation = module.generation;
  };

  const evict = (wasm: CedarWasm, key: string, slot: Slot) => {
    slots.delete(key);
    weight -= slot.weight;
    clear(wasm, slot.name);
    free.push(slot.name);
  };

  return {
    nameOf(wasm, content) {
      const { key, weight: added } = content;
      if (generation !== module.generation) forgetAll();
      const known = slots.get(key);
      if (known !== undefined) {
        if (known !== latest) {
          slots.delete(key);
          slots.set(key, known);
          latest = known;
        }
        return known.name;
      }
      for (const [oldest, slot] of slots) {
        if (slots.size < limits.slots && weight + added <= limits.weight) break;
        evict(wasm, oldest, slot);
      }
      const name = free.pop() ?? `slot-${(named += 1)}`;
      try {
        content.parse(wasm, name);
      } catch (error) {
        free.push(name);
        throw error;
      }
      latest = { name, weight: added };
      slots.set(key, latest);
      weight += added;
      return name;
    },
  };
}
