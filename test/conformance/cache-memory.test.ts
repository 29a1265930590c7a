import { MemoryCache } from '../../src/services/cache/memory-cache.js';
import { cacheConformance } from './cache.suite.js';

cacheConformance('MemoryCache', async () => {
  let now = 0;
  const cache = new MemoryCache({ clock: { now: () => new Date(now) } });
  return {
    cache,
    neighbour: cache,
    advance: async (ms) => {
      now += ms;
    },
    close: () => cache.close(),
  };
});
