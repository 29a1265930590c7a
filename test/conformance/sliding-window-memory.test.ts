import { createMemorySlidingWindow } from '../../src/services/rate-limiting/memory-sliding-window.js';
import { slidingWindowConformance } from './sliding-window.suite.js';

slidingWindowConformance('The window in memory', async (clock) => {
  const window = createMemorySlidingWindow({ clock });
  return { window, neighbour: window, close: async () => {} };
});
