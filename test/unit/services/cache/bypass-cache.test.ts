import { expect, test } from 'vitest';

import { BypassCache } from '../../../../src/services/cache/bypass-cache.js';

test('knows nothing, and takes nothing', async () => {
  const cache = new BypassCache();
  expect(await cache.read(['one', 'two'])).toEqual([
    { hit: false, ticket: null },
    { hit: false, ticket: null },
  ]);
  expect(await cache.fill()).toBe(false);
});

test('has nothing to forget, so that forgetting always succeeds', async () => {
  const cache = new BypassCache();
  await expect(cache.invalidate()).resolves.toBeUndefined();
  await expect(cache.ping()).resolves.toBeUndefined();
  await expect(cache.close()).resolves.toBeUndefined();
});
