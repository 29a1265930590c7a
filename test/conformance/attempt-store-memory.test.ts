import { createMemoryAttemptStore } from '../../src/services/rate-limiting/memory-attempt-store.js';
import { systemRandomness } from '../../src/services/randomness.js';
import { attemptStoreConformance } from './attempt-store.suite.js';

attemptStoreConformance('The store in memory', async (clock) => {
  const store = createMemoryAttemptStore({ clock, randomness: systemRandomness });
  return { store, neighbour: store, close: async () => {} };
});
