import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { createDebts } from '../../../../src/services/redis/debts.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server that confirms what it is told only when that is wanted. */
function server() {
  const told: (readonly string[])[] = [];
  const answers: ((isConfirmed: boolean) => void)[] = [];
  const debts = createDebts({
    pay: (names) => {
      told.push(names);
      return new Promise<void>((resolve, reject) => {
        answers.push((isConfirmed) => (isConfirmed ? resolve() : reject(new Error('refused'))));
      });
    },
  });
  const answer = async (isConfirmed: boolean) => {
    answers.shift()?.(isConfirmed);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { debts, told, answer };
}

describe('what a server did not confirm to have forgotten', () => {
  it('is owed until it has, and told to it again, one try at a time', async () => {
    const { debts, told, answer } = server();
    debts.settle();
    expect(told).toEqual([]);
    debts.add(['a', 'b']);
    debts.settle();
    debts.settle();
    expect(told).toEqual([['a', 'b']]);
    expect(debts.includes('a')).toBe(true);
    expect(debts.includes('c')).toBe(false);
    await answer(true);
    expect(['a', 'b'].some((name) => debts.includes(name))).toBe(false);
    debts.settle();
    expect(told).toHaveLength(1);
  });

  it('is told again after a while by itself, time and again', async () => {
    const { debts, told, answer } = server();
    debts.add(['a']);
    for (let tries = 1; tries <= 3; tries += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      expect(told).toHaveLength(tries);
      await answer(false);
      expect(debts.includes('a')).toBe(true);
    }
    debts.close();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(told).toHaveLength(3);
  });

  it('is owed still where it changed again while that was told', async () => {
    const { debts, told, answer } = server();
    debts.add(['a', 'b']);
    debts.settle();
    debts.add(['b']);
    await answer(true);
    expect([debts.includes('a'), debts.includes('b')]).toEqual([false, true]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(told.at(-1)).toEqual(['b']);
    await answer(true);
    expect(debts.includes('b')).toBe(false);
  });
});
