import { LRUCache } from 'lru-cache';

import type { Randomness } from '../../randomness.js';
import type { RenewalListener, SharedDecisions } from './shared-decisions.js';

export interface MemorySharedDecisionsOptions {
  readonly randomness: Pick<Randomness, 'uuid'>;
  /** How many subjects' epochs to remember; one that is forgotten gets a new one. */
  readonly maxSubjects?: number;
}

/** For the only instance: it has nobody to share with, so the epochs are all that there is. */
export function createMemorySharedDecisions({
  randomness,
  maxSubjects = 10_000,
}: MemorySharedDecisionsOptions): SharedDecisions {
  const epochs = new LRUCache<string, string>({ max: maxSubjects });
  const listeners: RenewalListener[] = [];

  const epochOf = (subject: string): string => {
    const epoch = epochs.get(subject) ?? randomness.uuid();
    epochs.set(subject, epoch);
    return epoch;
  };

  return {
    async read(subjects, keys) {
      return { epochs: subjects.map(epochOf), values: keys.map(() => null) };
    },
    async keep() {},
    async renew(subjects) {
      for (const subject of subjects) epochs.delete(subject);
      for (const listener of listeners) listener(subjects);
    },
    onRenewed: (listener) => void listeners.push(listener),
    async close() {},
  };
}
