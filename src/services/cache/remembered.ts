import type { Clock } from '../clock.js';

/** Values that are good until a moment of their own; beyond a number of them, the least recently used goes. */
export interface Remembered<Value> {
  get(key: string): Value | undefined;
  set(key: string, value: Value, until: Date): void;
}

export function createRemembered<Value>(clock: Clock, maxEntries: number): Remembered<Value> {
  /** In order of use, the least recent first. */
  const entries = new Map<string, { readonly value: Value; readonly until: Date }>();

  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      entries.delete(key);
      if (entry.until <= clock.now()) return undefined;
      entries.set(key, entry);
      return entry.value;
    },

    set(key, value, until) {
      entries.delete(key);
      entries.set(key, { value, until });
      const [oldest] = entries.keys();
      if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
    },
  };
}
