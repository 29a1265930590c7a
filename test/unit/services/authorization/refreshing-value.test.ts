import { describe, expect, it } from 'vitest';

import { createRefreshingValue } from '../../../../src/services/authorization/refreshing-value.js';
import { FakeClock } from '../../../support/fake-clock.js';

function setUp() {
  const clock = new FakeClock();
  const failures: unknown[] = [];
  const source = { broken: false, reads: 0 };
  const get = createRefreshingValue({
    read: async () => {
      source.reads += 1;
      if (source.broken) throw new Error('The source is dry.');
      return source.reads;
    },
    clock,
    lifetime: 60_000,
    retryAfter: 1_000,
    onFailure: (error) => failures.push(error),
  });
  return { clock, failures, get, source };
}

describe('createRefreshingValue', () => {
  it('reads once, however many ask at once', async () => {
    const { get } = setUp();
    expect(await Promise.all([get(), get(), get()])).toEqual([1, 1, 1]);
  });

  it('keeps a value for its lifetime and no longer', async () => {
    const { clock, get } = setUp();
    await get();
    clock.advance(59_999);
    expect(await get()).toBe(1);
    clock.advance(1);
    expect(await get()).toBe(2);
  });

  it('keeps the last good value while it cannot be read again', async () => {
    const { clock, failures, get, source } = setUp();
    await get();
    source.broken = true;
    clock.advance(60_000);
    expect(await get()).toBe(1);
    expect(failures).toHaveLength(1);
    source.broken = false;
    clock.advance(1_000);
    expect(await get()).toBe(3);
  });

  it('fails while there never was a value, and tries again only after a pause', async () => {
    const { clock, get, source } = setUp();
    source.broken = true;
    await expect(get()).rejects.toThrow('dry');
    await expect(get()).rejects.toThrow('dry');
    expect(source.reads).toBe(1);
    source.broken = false;
    clock.advance(1_000);
    expect(await get()).toBe(2);
  });
});
