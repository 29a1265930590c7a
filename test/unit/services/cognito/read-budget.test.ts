import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { createReadBudget, type ReadBudget } from '../../../../src/services/cognito/read-budget.js';

const LISTED = 50;

beforeEach(() => vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A read that answers after a while, and notes when it began. */
const reader = (takesMs: number) => {
  const begun: number[] = [];
  const read = () => {
    begun.push(Date.now());
    return new Promise<string>((resolve) => setTimeout(() => resolve('read'), takesMs));
  };
  return { begun, read };
};

const askFor = (budget: ReadBudget, count: number, among: number, read: () => Promise<string>) =>
  Array.from({ length: count }, () =>
    budget(among, read).catch(({ code, retryAfter }: { code: string; retryAfter: number }) => ({
      code,
      retryAfter,
    })),
  );

const mostWithin = (times: readonly number[], windowMs: number) =>
  Math.max(...times.map((start) => times.filter((time) => time >= start && time < start + windowMs).length));

describe('a budget of 100 reads a second', () => {
  test('is never exceeded, in no second, and used up where it is needed', async () => {
    const { begun, read } = reader(15);
    const start = Date.now();
    const asked = askFor(createReadBudget(100), 950, LISTED, read);
    await vi.advanceTimersByTimeAsync(11_000);
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['read']));
    expect(mostWithin(begun, 1_000)).toBe(100);
    expect(Math.max(...begun) - start).toBeLessThan(10_000);
  });

  test('is not exceeded where one second meets the next', async () => {
    const { begun, read } = reader(1);
    const budget = createReadBudget(100);
    const first = askFor(budget, 1, LISTED, read);
    await vi.advanceTimersByTimeAsync(980);
    const others = askFor(budget, 198, LISTED, read);
    await vi.advanceTimersByTimeAsync(2_000);
    await Promise.all([...first, ...others]);
    expect(begun).toHaveLength(199);
    expect(mostWithin(begun, 1_000)).toBe(100);
  });

  test('lets 50 through without a wait', async () => {
    const { begun, read } = reader(15);
    const start = Date.now();
    const asked = askFor(createReadBudget(100), 50, LISTED, read);
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all(asked);
    expect(Math.max(...begun) - start).toBeLessThan(100);
  });

  test('has 16 under way at once', async () => {
    const { begun, read } = reader(100);
    const asked = askFor(createReadBudget(100), 40, LISTED, read);
    expect(begun).toHaveLength(16);
    await vi.advanceTimersByTimeAsync(100);
    expect(begun).toHaveLength(32);
    await vi.advanceTimersByTimeAsync(200);
    await Promise.all(asked);
  });

  test('refuses at once what it would not get to in about 10 seconds, and says when to come again', async () => {
    const { begun, read } = reader(15);
    const budget = createReadBudget(20);
    const asked = askFor(budget, 216, LISTED, read);
    const [refused] = askFor(budget, 1, LISTED, read);
    expect(await refused).toEqual({ code: 'UPSTREAM_THROTTLED', retryAfter: 10 });
    await vi.advanceTimersByTimeAsync(11_000);
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['read']));
    expect(begun).toHaveLength(216);
    const [later] = askFor(budget, 1, LISTED, read);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await later).toBe('read');
  });

  test('gives up what waits for 12 seconds: it never begins', async () => {
    const { begun, read } = reader(60_000);
    const asked = askFor(createReadBudget(100), 20, LISTED, read);
    await vi.advanceTimersByTimeAsync(11_999);
    const waiting = Promise.race([...asked.slice(16), Promise.resolve('waits')]);
    expect(await waiting).toBe('waits');
    await vi.advanceTimersByTimeAsync(1);
    for (const outcome of await Promise.all(asked.slice(16))) {
      expect(outcome).toEqual({ code: 'UPSTREAM_THROTTLED', retryAfter: 1 });
    }
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await Promise.all(asked.slice(0, 16))).toEqual(Array.from({ length: 16 }, () => 'read'));
    expect(begun).toHaveLength(16);
  });

  test('lets one by itself go before a list, however long, but not without bounds either', async () => {
    const { begun, read } = reader(15);
    const alone = reader(15);
    const budget = createReadBudget(20);
    const list = askFor(budget, 216, LISTED, read);
    const start = Date.now();
    const singles = askFor(budget, 201, 1, alone.read);
    expect(await singles.at(-1)).toMatchObject({ code: 'UPSTREAM_THROTTLED' });
    await vi.advanceTimersByTimeAsync(100);
    expect([begun.length, alone.begun.length]).toEqual([16, 4]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await Promise.all(singles)).filter((outcome) => outcome === 'read')).toHaveLength(200);
    expect(Math.max(...alone.begun) - start).toBeLessThanOrEqual(10_000);
    // What little of the list was not overtaken was read; the rest has waited for too long.
    expect(begun.length).toBeLessThan(60);
    expect(await list.at(-1)).toMatchObject({ code: 'UPSTREAM_THROTTLED' });
  });

  test('passes a failure on, and goes on with the next', async () => {
    const budget = createReadBudget(1);
    await expect(budget(1, () => Promise.reject(new Error('No answer.')))).rejects.toThrow('No answer.');
    const next = budget(1, () => Promise.resolve('read'));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await next).toBe('read');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('without a rate', () => {
  test('nothing is refused and no time passes, 16 at once', async () => {
    let underWay = 0;
    let most = 0;
    const read = async () => {
      most = Math.max(most, ++underWay);
      await Promise.resolve();
      underWay -= 1;
      return 'read';
    };
    const outcomes = await Promise.all(askFor(createReadBudget(), 5_000, LISTED, read));
    expect(new Set(outcomes)).toEqual(new Set(['read']));
    expect(most).toBe(16);
  });
});
