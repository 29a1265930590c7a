import { describe, expect, it } from 'vitest';

import { createRefreshingValue } from '../../../../src/services/authorization/refreshing-value.js';
import { FakeClock } from '../../../support/fake-clock.js';

function setUp(givenStaleFor = 0) {
  const clock = new FakeClock();
  const failures: unknown[] = [];
  const source = { broken: false, reads: 0, held: undefined as Promise<void> | undefined };
  const value = createRefreshingValue({
    read: async () => {
      source.reads += 1;
      await source.held;
      if (source.broken) throw new Error('The source is dry.');
      return source.reads;
    },
    givenStaleFor,
    clock,
    lifetime: 60_000,
    retryAfter: 1_000,
    onFailure: (error) => failures.push(error),
  });
  const hold = () => {
    let release = () => {};
    source.held = new Promise((resolve) => {
      release = resolve;
    });
    return release;
  };
  return {
    clock,
    failures,
    get: () => value.get(),
    getAtOnce: () => value.getAtOnce(),
    renew: () => value.renew(),
    hold,
    source,
  };
}

/** Whatever is done behind a value has been done. */
const settled = () => new Promise(setImmediate);

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

  it('gives at once what nobody has to wait for', async () => {
    const { clock, getAtOnce } = setUp(10_000);
    expect(await getAtOnce()).toBe(1);
    expect(getAtOnce()).toBe(1);
    clock.advance(60_000);
    expect(getAtOnce()).toBe(1);
    await settled();
    expect(getAtOnce()).toBe(2);
    clock.advance(70_000);
    expect(getAtOnce()).toBeInstanceOf(Promise);
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

describe('a value that is given stale', () => {
  it('is given at once after its lifetime, and read anew behind that by one read', async () => {
    const { clock, get, hold, source } = setUp(540_000);
    await get();
    const release = hold();
    clock.advance(60_000);
    expect(await Promise.all([get(), get()])).toEqual([1, 1]);
    expect(source.reads).toBe(2);
    release();
    await settled();
    expect(await get()).toBe(2);
    expect(source.reads).toBe(2);
  });

  it('is waited for where it has not been looked at for too long', async () => {
    const { clock, get } = setUp(540_000);
    await get();
    clock.advance(599_999);
    expect(await get()).toBe(1);
    await settled();
    expect(await get()).toBe(2);
    clock.advance(600_000);
    expect(await get()).toBe(3);
  });

  it('is given at once however long it cannot be read', async () => {
    const { clock, failures, get, hold, source } = setUp(540_000);
    await get();
    source.broken = true;
    for (let second = 1; second <= 700; second += 1) {
      clock.advance(second === 1 ? 60_000 : 1_000);
      const release = hold();
      expect(await get()).toBe(1);
      release();
      await settled();
      expect(failures).toHaveLength(second);
    }
  });
});

describe('renewing', () => {
  it('reads whatever the age', async () => {
    const { get, renew } = setUp();
    await get();
    await renew();
    expect(await get()).toBe(2);
  });

  it('does not count what was being read already, and reads once for all who want it', async () => {
    const { get, hold, renew, source } = setUp();
    const release = hold();
    const first = get();
    const renewals = [renew(), renew()];
    release();
    await Promise.all([first, ...renewals]);
    expect(source.reads).toBe(2);
    expect(await get()).toBe(2);
  });

  it('that fails leaves the value in use', async () => {
    const { failures, get, renew, source } = setUp();
    await get();
    source.broken = true;
    await renew();
    expect(failures).toHaveLength(1);
    expect(await get()).toBe(1);
  });
});
