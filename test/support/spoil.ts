import type { Cache } from '../../src/services/cache/cache.js';

/** Has a cache say `garbage` of a key, in place of whatever it said, by default for ever. */
export async function spoil(
  cache: Cache,
  key: string,
  garbage: string,
  ttlMs = Number.MAX_SAFE_INTEGER,
): Promise<void> {
  await cache.invalidate([key]);
  const [read] = await cache.read([key]);
  if (!read || read.hit || read.ticket === null) throw new Error('There is no ticket.');
  if (!(await cache.fill(key, read.ticket, garbage, ttlMs))) throw new Error('The cache did not take it.');
}
